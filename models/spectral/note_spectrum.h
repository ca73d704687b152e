// SPDX-License-Identifier: GPL-3.0-or-later
// The spectrum of a note over time: amplitudes of partials and of noise bands. Analysis produces it, synthesis renders
// it. Also the ERB scale and interpolation between frequencies.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// Frequencies of a note's partials as multiples of its fundamental: slots() near-harmonic ones, slot n near n + 1, then
// `subharmonic_slots` at multiples of ½ (or ¼) between them, for sounds with sub-octaves, then `free` ones anywhere,
// for inharmonic sounds. An inactive free one belongs to another corner of the plane.
struct PartialTable {
    std::vector<double> ratio;
    std::vector<bool> active;
    int free = 0;

    int size() const { return int(ratio.size()); }
    int first_free() const { return size() - free; }
    int slots() const { return first_free() - subharmonic_slots; }
    void add_free(double free_ratio, bool is_active);
    // Periods of the fundamental in an analysis window that separates neighbouring partials.
    int window_periods() const { return active[slots()] && ratio[slots()] < .3 ? 8 : 4; }
    // Frequencies for a fundamental of f0 Hz.
    std::vector<double> hz(double f0) const;
};

inline constexpr double max_partial_hz = 22500; // partials above are neither measured nor rendered

// The number of near-harmonic slots up to 20 kHz, at most max_harmonic_slots.
int harmonic_slots(double f0);
// Exact harmonics, active, and half slots, inactive.
PartialTable harmonic_table(double f0);

// One note at constant pitch. Linear amplitudes.
struct NoteSpectrum {
    double f0 = 0; // Hz
    PartialTable partials;
    Tensor partial;               // [frames, 2, partials.size()] amplitude of a cosine
    Tensor noise;                 // [frames, 2, noise_bands] amplitude per √Hz
    double noise_correlation = 1; // between the channels' noise, 0–1
    Tensor channel_phase; // [partials.size()] radians, −π to π: phase of the left partial less the right one's;
                          // undefined: 0

    int64_t frames() const { return partial.size(0); }
    std::vector<double> partial_hz() const { return partials.hz(f0); }
};

// n points from `low` to `high` Hz, equally spaced in ERB number.
std::vector<double> erb_points(int n, double low, double high);

// Centres of the noise bands in Hz: 96 ERB points from 30 Hz to 20 kHz. Between them, levels in dB are linear in
// frequency.
const std::vector<double>& noise_band_centres();
// Width in Hz of each band: half the distance between its neighbours.
const std::vector<double>& noise_band_widths();

// A matrix [from.size(), to.size()]: a row of values at `from` (ascending) times the matrix is their linear
// interpolation at `to`, constant beyond the ends.
Tensor interpolation_matrix(const std::vector<double>& from, const std::vector<double>& to);

} // namespace timbrel::models
