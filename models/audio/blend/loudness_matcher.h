// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness correction of a blend: brings its loudness over a few seconds to the dB interpolation between its two
// sounds. Faster level changes stay, because they carry the blend's articulation. Thread: control, worker; one thread
// at a time.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace timbrel::audio {

class LoudnessMatcher {
  public:
    static constexpr double look_seconds = 1.5; // measured before and after each frame

    struct Frame {
        double position = 0;            // weight of the second sound, 0–1
        double sounds[2] = {};          // weighted powers of the two sounds
        double blend = 0;               // weighted power of their blend
        bool both_sound = false;        // neither sound has ended; only such frames are measured
        double correction_strength = 1; // factor on the gain in dB: 1 corrects fully, 0 not at all
    };

    // `floor`: powers of the two sounds that count as silence. Frames come every `seconds`.
    LoudnessMatcher(const double (&floor)[2], double seconds);

    void push(const Frame& frame);

    // The gain in dB of the next frame, in order, available look_seconds after the frame was pushed.
    std::optional<double> next();

  private:
    double floor_db_[2];
    std::vector<double> window_; // weights from look_seconds before to look_seconds after
    std::deque<Frame> frames_;
    size_t current_ = 0; // index in frames_ of the next frame
};

} // namespace timbrel::audio
