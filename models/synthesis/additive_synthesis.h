// Sound from a spectrum: a bank of oscillators and filtered noise, both driven by an excitation that is the same for
// every cell of a note, so that a crossfade of two renderings is the rendering of the spectrum between them.
#pragma once

#include "models/morph/oscillator_plan.h"
#include "models/spectral/note_spectrum.h"

#include <cstdint>

namespace timbrel::models {

// What all cells of a note share. Seeds other than 0 scatter the partials' phases: only for measuring what coherence is
// worth.
struct Excitation {
    std::vector<double> frequency; // Hz of each oscillator
    std::vector<double> phase;     // radians at time 0
    Tensor noise;                  // [streams, hops + 1, 2, hop + 1] complex: windowed spectra of white noises
};

// White noise of unit variance, the same on every machine: [2, frames]; `correlation` of its channels from 0 to 1.
Tensor white_noise(int64_t frames, uint64_t seed, double correlation = 0);

// Phases φ(n) = −π n (n − 1) / N (Schroeder 1970), which keep the crest factor of a harmonic sound low.
std::vector<double> schroeder_phases(int count);

// `noises` are the spectra (blocks.h) of white noises, [hops + 1, 2, hop + 1] each; a loop makes them periodic there.
Excitation make_excitation(std::vector<double> frequencies, const std::vector<Tensor>& noises, LoopPlace loop,
                           uint64_t seed, torch::Device device);

// Amplitudes [cells, hops + 1, 2, oscillators] and [cells, hops + 1, 2, noise_bands], and how much of each noise every
// cell takes [cells, streams] → sound [cells, 2, hops · hop]. Partials above highest_partial are left out.
Tensor synthesise(const Excitation& excitation, const Tensor& partial, const Tensor& noise, const Tensor& mix);

// A whole spectrum on its own: [2, hops · 256], hops = its frames − 1.
Tensor synthesise(const NoteSpectrum& spectrum, uint64_t seed = 0);

} // namespace timbrel::models
