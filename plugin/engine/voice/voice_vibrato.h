// The natural vibrato of one voice over time. Real time.
#pragma once

#include "plugin/engine/bank/bank_vibrato.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace timbrel::engine {

class VoiceVibrato {
  public:
    // The same key always begins alike, so that a song sounds the same each time; the keys of a chord do not swing in
    // step.
    void start(uint8_t key) {
        turns_ = key * turns_between_keys;
        seconds_ = 0.0f;
    }

    // Goes on by `seconds`; returns semitones by which the pitch is off then.
    float step(const NaturalVibrato& vibrato, float seconds) {
        seconds_ += seconds;
        if (vibrato.depth == 0.0f) return 0.0f;
        turns_ += double{std::exp2(vibrato.octaves)} * seconds;
        turns_ -= std::floor(turns_);
        // Grows around its delay, for as long as that is.
        const float grown = vibrato.delay > 0.0f ? std::clamp(seconds_ / vibrato.delay - 0.5f, 0.0f, 1.0f) : 1.0f;
        const float share = grown * grown * (3.0f - 2.0f * grown);
        return share * vibrato.depth / 100.0f * static_cast<float>(std::sin(2.0 * M_PI * turns_));
    }

  private:
    // Up to two octaves, all intervals but the ninths are more than 0.07 off whole turns.
    static constexpr double turns_between_keys = 2.0 / 27.0;

    double turns_ = 0.0;
    float seconds_ = 0.0f; // since the note's beginning
};

} // namespace timbrel::engine
