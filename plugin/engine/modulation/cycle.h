// SPDX-License-Identifier: GPL-3.0-or-later
// The phase of something periodic that turns at a fixed rate or in time with the song. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/transport.h"

#include <cmath>

namespace timbrel::engine {

class Cycle {
  public:
    // Back to the beginning of the first turn. elapsed() runs on.
    void reset() noexcept TIMBREL_REALTIME { phase_ = turn_ = 0.0; }

    // Advances by one tick of `seconds`; `song` is the transport at the tick's end. A turn takes `beats` beats; when
    // `beats` is 0, there are `rate` turns per second. Returns whether the song made the phase jump.
    bool step(const Transport& song, double seconds, double beats, double rate) noexcept TIMBREL_REALTIME {
        turns_per_second_ = beats > 0.0 ? song.beats_in(1.0) / beats : rate;
        const double length = beats > 0.0 ? song.beats_in(seconds) / beats : rate * seconds;
        const double expected = phase_ + length;
        const bool follows_song = beats > 0.0 && song.rolling;
        phase_ = follows_song ? song.beat / beats : expected;
        const double difference = phase_ - expected, whole = std::floor(phase_);
        turn_ = follows_song ? whole : turn_ + whole;
        phase_ -= whole;
        elapsed_ += length;
        return std::abs(difference - std::round(difference)) > 0.01;
    }

    double phase() const noexcept TIMBREL_REALTIME { return phase_; } // 0–1, within the turn
    double turn() const noexcept TIMBREL_REALTIME { return turn_; }   // a whole number
    // Turns since construction, without the song's jumps, and how fast they grow.
    double elapsed() const noexcept TIMBREL_REALTIME { return elapsed_; }
    double turns_per_second() const noexcept TIMBREL_REALTIME { return turns_per_second_; }

  private:
    double phase_ = 0.0, turn_ = 0.0;
    double elapsed_ = 0.0, turns_per_second_ = 0.0;
};

} // namespace timbrel::engine
