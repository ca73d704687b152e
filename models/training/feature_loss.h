// SPDX-License-Identifier: GPL-3.0-or-later
// The loss of training on features.
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

} // namespace timbrel::models
