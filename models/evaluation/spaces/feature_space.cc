// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/spaces/feature_space.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int64_t dimensions = 24;

} // namespace

FeatureSpace::FeatureSpace(const Tensor& reference, const Tensor& weights) : mean_(reference.mean(0)) {
    scale_ = weights / ((reference - mean_).flatten(0, 1).std(0, false) + 1e-3);
    const auto notes = scaled(reference).flatten(0, 1);
    variance_ = notes.square().sum(1).mean().item<double>();
    const auto directions = std::get<1>(torch::linalg_eigh(torch::mm(notes.t(), notes), "L"));
    directions_ = directions.slice(1, std::max<int64_t>(0, directions.size(1) - dimensions));
}

Tensor FeatureSpace::scaled(const Tensor& notes) const { return ((notes - mean_) * scale_).to(torch::kDouble); }

Tensor FeatureSpace::operator()(const Tensor& notes) const { return torch::matmul(scaled(notes), directions_); }

} // namespace timbrel::models
