// SPDX-License-Identifier: GPL-3.0-or-later
// Loudness of a spectrum over time, and its decay.
// Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Loudness in dB, [..., frames]: power of partials [..., frames, 2, slots] at `hz` and noise [..., frames, 2,
// noise_bands] after the weighting of ITU-R BS.1770.
Tensor loudness_track(const Tensor& partial, const Tensor& noise, const std::vector<double>& hz);
Tensor loudness_track(const NoteSpectrum& spectrum);
// The same with given power weights of the slots, [positions, slots].
Tensor loudness_track(const Tensor& partial, const Tensor& noise, const Tensor& weights);
// These weights for partials at `hz`: [hz.size()].
Tensor partial_loudness_weights(const std::vector<double>& hz);

// dB of the loudest 0.4 s (momentary loudness, EBU Tech 3341) of loudness tracks [positions, frames] in dB:
// [positions, 1].
Tensor max_momentary_loudness(const Tensor& tracks);

// Decay in dB per second, 0–200, of a sound that is held, by its loudness [frames] in dB on the CPU: a straight line
// over the frames `start` to `end`, or over earlier ones where the sound is nearly silent by then. 0 for a sustained
// sound (less than 0.5 dB per second).
double decay_rate(const Tensor& loudness, int64_t start, int64_t end);

// Seconds, 0.05–10, in which the note falls by 60 dB once its key is released at `hold` seconds: a straight line
// through its first 50 dB, beats included. Where the note is silent by then, from the decay before.
double release_time(const NoteSpectrum& spectrum, double hold);

} // namespace timbrel::models
