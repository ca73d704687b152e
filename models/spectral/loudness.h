// How loud a spectrum is over time, and how it dies away.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Loudness in dB of amplitudes [..., frames, 2, slots] at `hz` and noise [..., frames, 2, noise_bands]: power after the
// weighting of ITU-R BS.1770, [..., frames].
Tensor loudness_of(const Tensor& partial, const Tensor& noise, const std::vector<double>& hz);
Tensor loudness_of(const NoteSpectrum& spectrum);
// The same with the weights of the slots' powers, [places, slots], given.
Tensor loudness_of(const Tensor& partial, const Tensor& noise, const Tensor& weights);
// Those weights of partials at `hz`.
Tensor partial_weights(const std::vector<double>& hz);

// dB of the loudest 0.4 s (the momentary loudness of EBU Tech 3341) of tracks [places, frames] in dB: [places, 1].
Tensor loudest(const Tensor& tracks);

// dB per second by which a sound of this loudness [frames] (CPU) dies away while it is held, around the frames `start`
// to `end`; of one that is all but gone by then, as it fell before. 0 for a sustained sound.
double decay_of(const Tensor& loudness, int64_t start, int64_t end);

// Seconds in which the note falls by 60 dB once let go after `hold` seconds. Of a note that has died away by then the
// key tells nothing: it may ring on as it does when held, 60 dB in ten seconds or faster.
double release_of(const NoteSpectrum& spectrum, double hold);

} // namespace timbrel::models
