// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/latent_interpolation.h"

#include "models/recipe/recipe.h"
#include "models/tensor/weighted_mix.h"

#include <algorithm>
#include <utility>

namespace timbrel::models {
namespace {

constexpr int64_t positions_at_once = 32; // bounds the memory of a decoding

// 0 where the loudest feature lies less than `silence_range` above the floor, 1 from twice that on: [corners, frames].
Tensor audibility(const Tensor& x) {
    return ((x.amax(1) - feature_floor) / morph_recipe().silence_range - 1).clamp(0, 1);
}

// The mean over `width` frames around each: [positions, features, frames].
Tensor smoothed(const Tensor& x, int64_t width) {
    const int64_t side = std::min(width / 2, x.size(2) - 1);
    return torch::avg_pool1d(torch::replication_pad1d(x, {side, side}), 2 * side + 1, 1);
}

Tensor above_floor(const Tensor& db) { return db.clamp_min(feature_floor + morph_recipe().decoded_floor_margin); }

} // namespace

LatentInterpolation::LatentInterpolation(NoteModelPtr model, const Tensor& x, const Tensor& mask,
                                         const NoteConditions& conditions)
    : model_(std::move(model)), conditions_(conditions), corners_{x, mask, model_->encode(x, mask, conditions)},
      decoded_(above_floor(model_->decode(corners_.latents, conditions))), audible_(audibility(x)) {}

Tensor LatentInterpolation::decoded_at(const Tensor& weights) const {
    const auto [decoded, added] = model_->decode_mixture(corners_, weights, conditions_);
    return added.defined() ? above_floor(decoded) + added : above_floor(decoded);
}

Tensor LatentInterpolation::correction_at(const Tensor& weights) const {
    std::vector<Tensor> parts;
    for (int64_t from = 0; from < weights.size(0); from += positions_at_once) {
        const auto w = weights.slice(0, from, std::min(from + positions_at_once, weights.size(0)));
        const auto correction =
            smoothed(decoded_at(w) - weighted_mix(w, decoded_), morph_recipe().correction_smoothing);
        // The least audible of the corners in use.
        const auto silent = ((1 - audible_).unsqueeze(0) * (w > 0).to(torch::kFloat).unsqueeze(2)).amax(1);
        // At a corner the two decodings agree but for rounding.
        const auto inside = (w.amax(1) < 1).to(torch::kFloat).unsqueeze(1);
        parts.push_back(correction * ((1 - silent) * inside).unsqueeze(1));
    }
    return torch::cat(parts);
}

} // namespace timbrel::models
