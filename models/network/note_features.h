// The view of a spectrum that the network sees: 256 numbers a frame, whatever the pitch.
//
//   0–47     power of the low partials
//   48–143   envelope of all partials at 96 points on the ERB scale
//   144–239  power in the 96 noise bands
//   240–255  power in the half slots
//
// in dB relative to the note's loudest partial, no less than −90. The network itself works on (dB + 80) / 40.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

inline constexpr int low_partials = 48;
inline constexpr int envelope_points = 96;
inline constexpr int noise_start = low_partials + envelope_points; // the first of the noise bands' features
inline constexpr int feature_count = low_partials + envelope_points + noise_bands + half_slots;
inline constexpr int pan_bands = 24;
inline constexpr double feature_floor = -90; // dB

struct Features {
    Tensor db;            // [feature_count, frames]
    Tensor mask;          // [feature_count], 1 where this pitch has such a feature
    double reference = 1; // the power that is 0 dB: a² of the loudest partial, mean of both channels
    Tensor pan;           // [2, pan_bands] amplitudes of the channels where their mean power is 1, over the whole note
};

Features features_of(const NoteSpectrum& spectrum);

// dB of features → dB of amplitudes relative to √reference. Linear, so that differences of features map to differences
// of amplitudes. Features [..., feature_count, frames].
struct FeatureMap {
    // For the partials of `table` at f0.
    FeatureMap(const PartialTable& table, double f0, torch::Device device);
    Tensor partials(const Tensor& db) const; // [..., frames, table.size()]
    Tensor noise(const Tensor& db) const;    // [..., frames, noise_bands], per √Hz

  private:
    Tensor spread_, noise_offset_;
};

// Features as they are rendered: at their floor lies silence, for hundreds of partials and bands rendered there would
// add up to a hiss.
Tensor gated(const Tensor& db);

// Features as a spectrum, with the place between the channels that `like` has (the network knows nothing of it); what
// lies near the features' floor is silenced.
NoteSpectrum spectrum_of(const Tensor& db, const Features& like, const PartialTable& table, double f0);

// dB by which each frame of a note is raised before the network hears it, from the note's loudness: the network is
// asked about timbre at an even level, for how loud a sound is when has a track of its own, and the way from a tone to
// silence is none from one timbre to another. [..., frames]
Tensor rise_of(const Tensor& loudness);

// Features [..., feature_count, frames] raised; what is silent stays silent.
Tensor raised(const Tensor& db, const Tensor& rise);

inline constexpr double network_unit = 40; // dB
inline Tensor to_network(const Tensor& db) { return (db + 80) / network_unit; }
inline Tensor from_network(const Tensor& y) { return y * network_unit - 80; }

} // namespace timbrel::models
