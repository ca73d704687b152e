// SPDX-License-Identifier: GPL-3.0-or-later
// The natural vibrato of one voice over time. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank_vibrato.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace timbrel::engine {

class VoiceVibrato {
  public:
    // With the phase of the recordings. Where a bank has none, it depends on the key only: renderings are repeatable,
    // and the notes of a chord are not in phase.
    void start(uint8_t key, const NaturalVibrato& vibrato) noexcept TIMBREL_REALTIME {
        turns_ = vibrato.cosine == 0.0f && vibrato.sine == 0.0f
                     ? key * turns_between_keys
                     : std::atan2(double{vibrato.sine}, double{vibrato.cosine}) / (2.0 * M_PI);
        seconds_ = 0.0f;
    }

    // Advances by `seconds`; returns the pitch offset in semitones.
    float step(const NaturalVibrato& vibrato, float seconds) noexcept TIMBREL_REALTIME {
        seconds_ += seconds;
        if (vibrato.depth == 0.0f) return 0.0f;
        turns_ += double{std::exp2(vibrato.rate_octaves)} * seconds;
        turns_ -= std::floor(turns_);
        // A fade-in centred on the delay, and as long as the delay.
        const float fade = vibrato.delay > 0.0f ? std::clamp(seconds_ / vibrato.delay - 0.5f, 0.0f, 1.0f) : 1.0f;
        const float smooth_fade = fade * fade * (3.0f - 2.0f * fade);
        return smooth_fade * vibrato.depth / 100.0f * static_cast<float>(std::sin(2.0 * M_PI * turns_));
    }

  private:
    // For all intervals up to two octaves, except the ninths, the phases differ by more than 0.07 turns.
    static constexpr double turns_between_keys = 2.0 / 27.0;

    double turns_ = 0.0;
    float seconds_ = 0.0f; // since the start of the note
};

} // namespace timbrel::engine
