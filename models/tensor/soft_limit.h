// SPDX-License-Identifier: GPL-3.0-or-later
// Smooth limits that keep values monotone between corners.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// Limits `values` [positions] to a band around the line between the corners' values, Σ w c, so that they hardly reverse
// on a path between two corners. weights [positions, corners]; corners [corners].
//
// On the edge between two corners with weights w and 1 − w the band is ±(curvature · w (1 − w) · |c₁ − c₂| + 4 w (1 −
// w) · tolerance). A curvature of 1 or less keeps the first term monotone; `tolerance`, in the unit of the values, is a
// deviation too small to hear. At a corner nothing changes.
inline Tensor limit_to_monotone(const Tensor& values, const Tensor& weights, const Tensor& corners, double curvature,
                                double tolerance) {
    const auto line = torch::mv(weights, corners);
    const auto difference = (corners.unsqueeze(0) - corners.unsqueeze(1)).abs();
    const auto limit = (torch::mm(weights, difference) * weights).sum(1) * (curvature / 2) +
                       (1 - weights.square().sum(1)) * (2 * tolerance) + 1e-6;
    const auto relative = (values - line) / limit;
    return line + limit * relative / (1 + relative.pow(4)).pow(.25);
}

// x limited to ±`limit` by a smooth knee: x / (1 + (x / limit)⁴)^¼.
inline Tensor soft_limit(const Tensor& x, double limit) { return x / (1 + (x / limit).pow(4)).pow(.25); }

} // namespace timbrel::models
