// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolates notes in the autoencoder's latent space.
#pragma once

#include "models/network/autoencoder.h"

#include <vector>

namespace timbrel::models {

// The difference in dB between the decoded interpolation of the corners' latents and the weighted mean of the decoded
// corners: what the network adds to a mean in dB.
//
// It is evaluated half way between every two neighbouring corners and in the middle of four, and interpolated along
// w (1 − w). Evaluated at every position, it switches from one corner to the other within a few cells: uneven to play,
// and more than crossfades of cells can follow. The part of the middle of four that its pairs do not explain is
// limited, because it peaks there.
//
// The mean of latents is shorter than the latents and decodes towards the average of all instruments, so frame latent
// and note latent get the mean of their lengths back (the motive of spherical interpolation: White 2016, arXiv
// 1609.04468). The result is averaged over time: a constant change of timbre brings the sound nearer to real notes, one
// that moves does not.
//
// It applies to noise and to quiet partials. For loud partials the mean in dB is nearer to real notes; a partial that
// only one corner has becomes too quiet in the mean, and there the network knows the level to expect
// (docs/experiments.md).
//
// Threads: any that may allocate, one at a time for each object.
class LatentInterpolation {
  public:
    // x [corners, feature_count, frames]: levels in dB after normalise_level (note_features.h); mask [corners,
    // feature_count]; f0 in Hz, velocity 1–127.
    LatentInterpolation(Autoencoder network, const Tensor& x, const Tensor& mask, double f0, double velocity);

    // weights [positions, corners] → [positions, feature_count, 1]: dB to add to the weighted mean of the corners'
    // features in all frames. 0 at the corners.
    Tensor residual_at(const Tensor& weights) const;

  private:
    // Sets of corners in whose middle the network is evaluated.
    struct Nodes {
        std::vector<std::vector<int64_t>> pairs, squares;
    };
    static Nodes nodes_for(const Tensor& weights);
    Tensor latent_mean(const Tensor& weights) const; // [positions, latent_size, frames]
    Tensor residual_db(const Nodes& nodes) const;    // [pairs and squares, feature_count, 1]

    mutable Autoencoder network_;
    double f0_, velocity_;
    Tensor latents_, decoded_; // [corners, latent_size, frames], [corners, feature_count, frames] dB
    Tensor mean_level_;        // [corners, feature_count, 1] dB, of x over time
};

} // namespace timbrel::models
