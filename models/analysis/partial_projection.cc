// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/partial_projection.h"

#include "models/spectral/overlap_add.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr double min_window = .008; // seconds; set by hand

} // namespace

PartialProjection project_partials(const Tensor& x, double f0, const PartialTable& table, int64_t hops) {
    const auto device = x.device();
    PartialProjection p;
    for (int k = 0; k < table.size(); ++k)
        if (table.active[k]) p.active.push_back(k), p.hz.push_back(table.ratio[k] * f0);
    const auto length = int64_t(std::lround(std::max(table.window_periods() / f0, min_window) * model_rate / 2)) * 2;
    const auto window = torch::hann_window(length, true, x.options());
    const auto rows = windowed_frames(x, length, hops, window).reshape({2 * hops, length});
    const auto time = (torch::arange(length, torch::kDouble) - double(length / 2)) / double(model_rate);
    const auto angle = torch::outer(time, torch::tensor(p.hz, torch::kDouble)) * (2 * std::numbers::pi);
    p.re = torch::mm(rows, torch::cos(angle).to(torch::kFloat).to(device)).view({2, hops, -1});
    p.im = torch::mm(rows, torch::sin(angle).to(torch::kFloat).to(device)).view({2, hops, -1});
    p.window_sum = window.sum().item<double>();
    p.window_sum2 = window.square().sum().item<double>();
    return p;
}

} // namespace timbrel::models
