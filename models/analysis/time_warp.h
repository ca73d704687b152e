// SPDX-License-Identifier: GPL-3.0-or-later
// Resampling along a curved time axis.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// x [channels, frames] on the CPU at fractional positions (in frames, any order), by a 32-point sinc under a Kaiser
// window (β 9); 0 beyond the ends. [channels, positions].
Tensor resample_at(const Tensor& x, const std::vector<double>& positions);

} // namespace timbrel::models
