// SPDX-License-Identifier: GPL-3.0-or-later
// A stereo delay with feedback. Thread: audio, except the constructor.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/space/effect_mix.h"

#include <cstdint>
#include <vector>

namespace timbrel::engine {

class Delay {
  public:
    static constexpr float max_seconds = 2.0f; // between two echoes; a longer time is halved until it fits

    struct Settings {
        float seconds = 0.35f;       // between two echoes, 0.001–2
        double beats = 0.0;          // the same in beats, used instead unless 0
        float feedback = 0.0f;       // of an echo to the one before, 0 to below 1
        float tone_hertz = 20000.0f; // of the low-pass in each echo; open from 19 kHz on
        float mix = 0.0f;            // see EffectMix
    };

    // Thread: control. Allocates. `rate`: frames per second.
    explicit Delay(double rate);

    void set(const Settings& settings) noexcept TIMBREL_REALTIME;
    void snap_to_targets() noexcept TIMBREL_REALTIME; // ends all smoothing
    void reset() noexcept TIMBREL_REALTIME;           // forgets the sound

    // Begins a tick of tick_frames.
    void step(double beats_per_minute) noexcept TIMBREL_REALTIME;
    bool active() const noexcept TIMBREL_REALTIME { return mix_.active(); }
    // In place, within the tick.
    void process(float* left, float* right, uint32_t frames) noexcept TIMBREL_REALTIME;

  private:
    struct Stereo {
        float left, right;
    };
    uint32_t wanted_length(double beats_per_minute) const;
    Stereo read(uint32_t length) const;
    void process_frame(float& left, float& right, float time);

    const double rate_;
    const SmootherRate smoothing_;
    Settings settings_;
    std::vector<Stereo> buffer_; // a ring
    uint32_t next_ = 0;          // to be written
    uint32_t written_ = 0;       // frames since the start, up to the buffer's length
    // The echo at `length_` fades to the one at `next_length_`, in frames. `fade_` is 0 while it does not.
    uint32_t length_ = 1, next_length_ = 1;
    float fade_ = 0.0f;
    const float fade_step_;
    EffectMix mix_;
    Smoother feedback_, tone_{1.0f}; // tone: weight of the new sample in the low-pass
    Ramp feedback_ramp_, tone_ramp_;
    Stereo low_pass_{0.0f, 0.0f};
};

} // namespace timbrel::engine
