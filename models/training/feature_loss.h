// SPDX-License-Identifier: GPL-3.0-or-later
// The loss of training on features, and the arithmetic of triples.
// Threads: any that may allocate; pure.
#pragma once

#include "models/training/batch_sampler.h"

namespace timbrel::models {

// The feature loss: weighted root mean square difference over features, for each frame: [notes, frames]. Features
// `predicted` and `target` [notes, feature_count, frames] and the result are in network units; features with `mask`
// [notes, feature_count] 0 are ignored. Loud features weigh more than silent ones; differences below the floor count
// little.
Tensor deviation(const Tensor& predicted, const Tensor& target, const Tensor& mask);

inline Tensor first_half(const Tensor& rows) { return rows.slice(0, 0, rows.size(0) / 2); }
inline Tensor second_half(const Tensor& rows) { return rows.slice(0, rows.size(0) / 2); }

// (1 − weight) · first half + weight · second half; weight [rows / 2].
Tensor mix_halves(const Tensor& rows, const Tensor& weight);

// The sounds between of a batch, as notes to reproduce.
Batch middles_of(const TrainingBatch& batch);

// The sounds between as a plane makes them, in network units: the mean of the ends, plus the decoded middle less the
// mean of the decoded ends (latent_interpolation.h). `ends` and `middles`: decoded.
Tensor add_residual(const TrainingBatch& batch, const Tensor& ends, const Tensor& middles);

} // namespace timbrel::models
