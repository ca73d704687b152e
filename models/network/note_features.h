// SPDX-License-Identifier: GPL-3.0-or-later
// The spectrum of a note as the network's input: 256 features per frame at any pitch.
//
//   0–47     power of the low partials
//   48–143   envelope of all partials at 96 ERB points
//   144–239  power in the 96 noise bands
//   240–255  power in the half slots
//
// in dB re the note's loudest partial, at least −90. The network works on (dB + 80) / 40.
//
// Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

inline constexpr int low_partials = 48;
inline constexpr int envelope_points = 96;
inline constexpr int noise_start = low_partials + envelope_points; // index of the first noise band
inline constexpr int feature_count = low_partials + envelope_points + noise_bands + subharmonic_slots;
inline constexpr int pan_bands = 24;
inline constexpr double feature_floor = -90; // dB

// True where levels in dB are above the floor by more than rounding.
inline Tensor is_audible(const Tensor& db) { return db > feature_floor + .5; }

struct Features {
    Tensor db;                  // [feature_count, frames]
    Tensor mask;                // [feature_count], 1 where a note of this pitch has the feature
    double reference_power = 1; // of 0 dB: a² of the loudest partial, mean of both channels
    Tensor pan;                 // [2, pan_bands] amplitudes of the channels over the whole note; their mean square is 1
};

Features extract_features(const NoteSpectrum& spectrum);

// Weights of the power of partials at `hz` in the envelope's points, [hz.size(), envelope_points]: triangles around the
// points, at least f0 Hz wide. A point is the weighted mean.
Tensor envelope_weights(const std::vector<double>& hz, double f0);

// Linear map from features in dB [..., feature_count, frames] to amplitudes in dB re √reference_power; so it maps
// differences of features to differences of amplitudes.
struct FeatureMap {
    // For the partials of `table` at f0 Hz.
    FeatureMap(const PartialTable& table, double f0, torch::Device device);
    Tensor partials(const Tensor& db) const; // [..., frames, table.size()]
    Tensor noise(const Tensor& db) const;    // [..., frames, noise_bands], per √Hz

  private:
    Tensor matrix_, noise_offset_;
};

// Features with those near the floor expanded downwards: hundreds of partials and bands rendered at the floor would add
// up to a hiss.
Tensor gate_floor(const Tensor& db);

// The spectrum of features `db`, with floor gate. Level and panning are those of `like`, since the network knows
// neither.
NoteSpectrum features_to_spectrum(const Tensor& db, const Features& like, const PartialTable& table, double f0);

// Gains in dB that normalise the level of each frame for the network, from a note's loudness [..., frames] in dB:
// frames are raised to 6 dB below the maximum, by 40 dB at most. The network interpolates timbre at a constant level,
// because loudness over time is interpolated separately, and a path from a tone to silence is not one between timbres.
Tensor normalising_gain(const Tensor& loudness);

// Features [..., feature_count, frames] with these gains [..., frames] added, except where silent.
Tensor normalise_level(const Tensor& db, const Tensor& gain);

inline constexpr double network_unit_db = 40; // dB
inline Tensor to_network_units(const Tensor& db) { return (db + 80) / network_unit_db; }
inline Tensor from_network_units(const Tensor& y) { return y * network_unit_db - 80; }

} // namespace timbrel::models
