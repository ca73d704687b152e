// SPDX-License-Identifier: GPL-3.0-or-later
// Weighted sums over corners.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// weights [positions, corners], x [corners, …] → Σ w x, [positions, …].
inline Tensor weighted_mix(const Tensor& weights, const Tensor& x) {
    auto sizes = x.sizes().vec();
    sizes[0] = weights.size(0);
    return torch::mm(weights, x.reshape({x.size(0), -1})).view(sizes);
}

} // namespace timbrel::models
