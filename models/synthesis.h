// Sound from a spectrum: a bank of oscillators and filtered noise, both driven by an excitation that is the same for
// every cell of a note, so that a crossfade of two renderings is the rendering of the spectrum between them.
#pragma once

#include "models/oscillators.h"
#include "models/spectrum.h"

#include <cstdint>

namespace timbrel {

// What all cells of a note share. Noise is white, unit variance, [2, frames]; a loop of `loop` frames ending at `end`
// makes it periodic there. Seeds other than 0 also scatter the partials' phases: only for measuring what coherence is
// worth.
struct Excitation {
    std::vector<double> frequency; // Hz of each oscillator
    std::vector<double> phase;     // radians at time 0
    Tensor noise_bins;             // [hops + 1, 2, hop + 1] complex: windowed spectra of the noise
};

// White noise, the same on every machine: [2, frames].
Tensor white_noise(int64_t frames, uint64_t seed);

// Phases φ(n) = −π n (n − 1) / N (Schroeder 1970), which keep the crest factor of a harmonic sound low.
std::vector<double> schroeder_phases(int count);

Excitation make_excitation(std::vector<double> frequencies, int64_t hops, LoopPlace loop, uint64_t seed,
                           torch::Device device);

// Amplitudes [cells, hops + 1, 2, oscillators] and [cells, hops + 1, 2, noise_bands], correlation of the channels'
// noise [cells] → sound [cells, 2, hops · 256]. Partials above highest_partial are left out.
Tensor synthesise(const Excitation& excitation, const Tensor& partial, const Tensor& noise, const Tensor& correlation);

// A whole spectrum on its own: [2, hops · 256], hops = its frames − 1.
Tensor synthesise(const NoteSpectrum& spectrum, uint64_t seed = 0);

} // namespace timbrel
