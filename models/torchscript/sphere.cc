// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/torchscript/sphere.h"

#include <numbers>

namespace timbrel::models {
namespace {

// Radians for an angle of 1 less those for −1: [n, 1].
Tensor spans(int64_t n) {
    auto spans = torch::full({n, 1}, std::numbers::pi, torch::kDouble);
    spans[n - 1] *= 2;
    return spans;
}

} // namespace

Tensor angles_to_point(const Tensor& angles) {
    const auto radians = torch::remainder(angles.to(torch::kDouble) / 2 + .5, 1) * spans(angles.size(0));
    const auto one = torch::ones({1, angles.size(1)}, torch::kDouble);
    return (torch::cat({radians.cos(), one}) * torch::cat({one, radians.sin().cumprod(0)})).to(torch::kFloat);
}

Tensor point_to_angles(const Tensor& point) {
    const int64_t n = point.size(0) - 1;
    const auto x = point.to(torch::kDouble);
    const auto rest = x.square().flip(0).cumsum(0).flip(0).sqrt(); // length of what is left from each coordinate on
    auto radians = torch::atan2(rest.slice(0, 1), x.slice(0, 0, n));
    const auto last = torch::atan2(x[n], x[n - 1]);
    radians[n - 1] = torch::where(last < 0, last + 2 * std::numbers::pi, last);
    return ((radians / spans(n) - .5) * 2).to(torch::kFloat);
}

} // namespace timbrel::models
