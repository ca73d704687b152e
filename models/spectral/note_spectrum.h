// What analysis finds in a note and synthesis makes a note of: amplitudes of partials and of noise bands over time.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// Frequencies of the partials of one note as multiples of its fundamental: `slots()` near-harmonic ones, slot n at
// about n + 1, then `half_slots` of them between these, at multiples of ½ (or ¼) for sounds with sub-octaves.
struct PartialTable {
    std::vector<double> ratio;
    std::vector<bool> active;

    int size() const { return int(ratio.size()); }
    int slots() const { return size() - half_slots; }
    // Periods of the fundamental that a window must hold to tell neighbouring partials apart.
    int periods() const { return active[slots()] && ratio[slots()] < .3 ? 8 : 4; }
};

inline constexpr double highest_partial = 22500; // Hz; nothing is measured or rendered above

// The number of near-harmonic slots below 20 kHz.
int slots_of(double f0);
PartialTable harmonic_table(double f0);

// One note in flat time (its pitch held constant). Linear amplitudes.
struct NoteSpectrum {
    double f0 = 0; // Hz
    PartialTable partials;
    Tensor partial;               // [frames, 2, partials.size()] amplitude of a cosine
    Tensor noise;                 // [frames, 2, noise_bands] amplitude per √Hz
    double noise_correlation = 1; // between the channels' noise, 0–1

    int64_t frames() const { return partial.size(0); }
};

// Centres of the noise bands in Hz: 96 points equally spaced in ERB numbers from 30 Hz to 20 kHz; levels between them
// are linear in dB over frequency.
const std::vector<double>& noise_centres();
// The width in Hz that each band stands for.
const std::vector<double>& noise_widths();
// n points equally spaced on the ERB-number scale (Glasberg & Moore 1990), in Hz.
std::vector<double> erb_points(int n, double low, double high);

// A [from.size(), to.size()] matrix that interpolates values given at `from` (ascending) linearly at `to`, constant
// beyond the ends: row vector of values × matrix = values at `to`.
Tensor interpolation_matrix(const std::vector<double>& from, const std::vector<double>& to);

} // namespace timbrel::models
