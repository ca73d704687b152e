#include "models/evaluation/spaces/feature_space.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int64_t dimensions = 24;

} // namespace

NoteSpace::NoteSpace(const Tensor& real, const Tensor& weights) : mean_(real.mean(0)) {
    scale_ = weights / ((real - mean_).flatten(0, 1).std(0, false) + 1e-3);
    const auto notes = scaled(real).flatten(0, 1);
    variance_ = notes.square().sum(1).mean().item<double>();
    const auto directions = std::get<1>(torch::linalg_eigh(torch::mm(notes.t(), notes), "L"));
    directions_ = directions.slice(1, std::max<int64_t>(0, directions.size(1) - dimensions));
}

Tensor NoteSpace::scaled(const Tensor& notes) const { return ((notes - mean_) * scale_).to(torch::kDouble); }

Tensor NoteSpace::operator()(const Tensor& notes) const { return torch::matmul(scaled(notes), directions_); }

} // namespace timbrel::models
