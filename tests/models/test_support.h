// SPDX-License-Identifier: GPL-3.0-or-later
// Test sounds and measurements of them. Threads: any; pure.
#pragma once

#include "models/tensor/tensors.h"

#include <cmath>
#include <numbers>

namespace timbrel::test {

using models::model_rate;
using models::Tensor;

// Σ a_k cos(2π f_k t) for `seconds` at model_rate: [frames].
inline Tensor tones(const std::vector<double>& hz, const std::vector<double>& amplitude, double seconds) {
    const auto t = torch::arange(int64_t(seconds * model_rate), torch::kDouble) / double(model_rate);
    auto x = torch::zeros_like(t);
    for (size_t k = 0; k < hz.size(); ++k) x += amplitude[k] * torch::cos(t * (2 * std::numbers::pi * hz[k]));
    return x.to(torch::kFloat);
}

// Amplitude of the partial near `hz` in x [frames] at model_rate, by projection under a Hann window.
inline double amplitude_at(const Tensor& x, double hz) {
    const auto w = torch::hann_window(x.size(0), true, torch::kDouble);
    const auto angle = torch::arange(x.size(0), torch::kDouble) * (2 * std::numbers::pi * hz / model_rate);
    const auto y = x.to(torch::kDouble) * w;
    const double re = (y * torch::cos(angle)).sum().item<double>(), im = (y * torch::sin(angle)).sum().item<double>();
    return 2 * std::hypot(re, im) / w.sum().item<double>();
}

inline double amplitude_db(double ratio) { return 20 * std::log10(ratio); }

// Level of a − b re that of a, dB.
inline double difference_db(const Tensor& a, const Tensor& b) {
    return amplitude_db(((a - b).square().mean() / a.square().mean()).sqrt().item<double>());
}

} // namespace timbrel::test
