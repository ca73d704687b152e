// SPDX-License-Identifier: GPL-3.0-or-later
// Final correction on the rendered audio: loudness, attack and late level, because band levels cannot predict beating
// or loop interference. Threads: any that may allocate; pure but for `sound`.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// Of rendered notes as held keys play them, [positions] each.
struct TemporalEnvelope {
    Tensor max_loudness; // dB (BS.1770) of the loudest 0.4 s
    Tensor attack_time;  // ln of seconds: mean time, weighted by amplitude, at which the maximum so far is reached, in
                         // the first 0.3 s
    Tensor late_level;   // dB of the mean power from 1.5 to 2.5 s re the loudest 40 ms
};

// sound [positions, 2, frames], the loop flat; decay [positions] in dB per second.
TemporalEnvelope measure_temporal_envelope(const Tensor& sound, const LoopRange& loop, const Tensor& decay);

// Applies three gains to each position of `sound`, so that loudness is linear and attack time and late level are nearly
// monotone between the corners: attack (0–0.2 s), sustain (from 0.3 s to the loop start), overall. Envelopes that rise
// or fall at different times have a mean that does neither. weights [positions, corners].
void linearise(Tensor& sound, const LoopRange& loop, const Tensor& decay, const Tensor& weights,
               const TemporalEnvelope& corners);

} // namespace timbrel::models
