// SPDX-License-Identifier: GPL-3.0-or-later
// The loss of training on features, and the arithmetic of what lies between.
// Threads: any that may allocate; pure.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/batch_sampler.h"

namespace timbrel::models {

// The feature loss: weighted root mean square difference over features, for each frame: [notes, frames]. Features
// `predicted` and `target` [notes, feature_count, frames] and the result are in network units; features with `mask`
// [notes, feature_count] 0 are ignored. Loud features weigh more than silent ones; differences below the floor count
// little.
Tensor deviation(const Tensor& predicted, const Tensor& target, const Tensor& mask);

inline Tensor first_half(const Tensor& rows) { return rows.slice(0, 0, rows.size(0) / 2); }
inline Tensor second_half(const Tensor& rows) { return rows.slice(0, rows.size(0) / 2); }

// Rows of corners [corners · rows, …], as in BetweenBatch, as [rows, corners, …].
Tensor by_row(const Tensor& corners, int64_t count);

// The weighted mean of rows of corners [corners · rows, …]; weights [rows, corners]: [rows, …].
Tensor mix_corners(const Tensor& corners, const Tensor& weights);

// The true sounds of a batch, as notes to reproduce.
Batch truth_of(const BetweenBatch& batch);

// What the network makes of a batch: the latents and decoded levels of the corners, and the sounds between as a
// plane makes them, all in network units: the mean of the corners, plus the decoded mixture less the mean of the
// decoded corners (latent_interpolation.h).
struct DecodedBetween {
    Tensor latents, corners, between;
};
DecodedBetween decode_between(Autoencoder& network, const BetweenBatch& batch);

} // namespace timbrel::models
