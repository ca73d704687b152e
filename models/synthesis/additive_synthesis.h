// SPDX-License-Identifier: GPL-3.0-or-later
// Renders a spectrum by oscillators and filtered noise. Both are driven by an excitation that all cells of a note
// share, so that a crossfade of two renderings equals the rendering of the spectrum between them. Threads: any that may
// allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"
#include "models/synthesis/loop_range.h"

#include <cstdint>

namespace timbrel::models {

// Shared by all cells of a note.
struct Excitation {
    std::vector<double> frequency; // Hz of each oscillator
    std::vector<double> phase;     // radians at time 0
    Tensor noise;                  // [streams, hops + 1, 2, hop + 1] complex: STFTs of white noises
};

// White noise of unit variance [2, frames], the same on every machine; `correlation` of the channels, 0–1.
Tensor white_noise(int64_t frames, uint64_t seed, double correlation = 0);

// Phases φ(n) = −π n (n − 1) / N (Schroeder 1970), which keep the crest factor of a harmonic sound low.
std::vector<double> schroeder_phases(int count);

// `noises`: STFTs (overlap_add.h) of white noises, [hops + 1, 2, hop + 1] each; made periodic in the loop. A seed other
// than 0 gives random phases instead of Schroeder's: only to measure the effect of unrelated phases.
Excitation make_excitation(std::vector<double> frequencies, const std::vector<Tensor>& noises, LoopRange loop,
                           uint64_t seed, torch::Device device);

// partial [cells, hops + 1, 2, oscillators], noise [cells, hops + 1, 2, noise_bands]: amplitudes; channel_phase [cells,
// oscillators]: phase of the left channel less the right one's in radians, half of it applied to either channel;
// undefined: 0; mix [cells, streams]: gain of each noise stream. Returns sound [cells, 2, hops · hop]. Partials above
// max_partial_hz are left out.
Tensor synthesise(const Excitation& excitation, const Tensor& partial, const Tensor& channel_phase, const Tensor& noise,
                  const Tensor& mix);

// A single spectrum: [2, (frames − 1) · hop].
Tensor synthesise(const NoteSpectrum& spectrum, uint64_t seed = 0);

} // namespace timbrel::models
