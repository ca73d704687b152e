// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/latent_interpolation.h"

#include "models/recipe/recipe.h"
#include "models/tensor/stage_timer.h"
#include "models/tensor/weighted_mix.h"

#include <algorithm>
#include <utility>

namespace timbrel::models {
namespace {

constexpr int64_t positions_at_once = 32; // bounds the memory of a decoding
constexpr int64_t pair_positions = 7;     // between two corners, at which what moves is decoded; straight lines between

// 0 where the loudest feature lies less than `silence_range` above the floor, 1 from twice that on: [corners, frames].
Tensor audibility(const Tensor& x) {
    return ((x.amax(1) - feature_floor) / morph_recipe().silence_range - 1).clamp(0, 1);
}

// The number of frames after which a corner with a weight is silent, at every position. audible [corners, frames],
// weights [positions, corners].
int64_t audible_end(const Tensor& audible, const Tensor& weights) {
    const auto number = torch::arange(1, audible.size(1) + 1, audible.options().dtype(torch::kLong));
    const auto ends = ((audible > 0) * number).amax(1);
    return torch::where(weights > 0, ends, audible.size(1)).amin(1).max().item<int64_t>();
}

// So many frames of `all`, and those that smoothing adds to them.
int64_t with_smoothing(int64_t frames, int64_t all) {
    return std::min(frames + morph_recipe().correction_smoothing / 2 + 1, all);
}

Tensor encoded(const NoteModel& model, const Tensor& x, const Tensor& mask, const NoteConditions& conditions) {
    const StageTimer timer(Stage::encode);
    return model.encode(x, mask, conditions);
}

// The mean over `width` frames around each: [positions, features, frames].
Tensor smoothed(const Tensor& x, int64_t width) {
    const int64_t side = std::min(width / 2, x.size(2) - 1);
    return torch::avg_pool1d(torch::replication_pad1d(x, {side, side}), 2 * side + 1, 1);
}

// Weights of values at 1/8, 2/8 … 7/8 for the value at each position [n], on straight lines: [n, pair_positions].
Tensor pair_interpolation(const Tensor& position) {
    const auto at = (position * (pair_positions + 1) - 1).clamp(0, pair_positions - 1).unsqueeze(1);
    return (1 - (at - torch::arange(pair_positions, position.options())).abs()).clamp_min(0);
}

} // namespace

LatentInterpolation::LatentInterpolation(NoteModelPtr model, const Tensor& x, const Tensor& mask,
                                         const NoteConditions& conditions)
    : model_(std::move(model)), conditions_(conditions), x_(x), mask_(mask),
      latents_(encoded(*model_, x, mask, conditions)), decoded_(decode(latents_)), audible_(audibility(x)) {}

Tensor LatentInterpolation::decode(const Tensor& latents) const {
    const StageTimer timer(Stage::decode);
    return model_->decode(latents, conditions_).clamp_min(feature_floor + morph_recipe().decoded_floor_margin);
}

const Tensor& LatentInterpolation::moved(int64_t c, int64_t d) const {
    auto& cached = moved_[{c, d}];
    if (cached.defined()) return cached;
    const StageTimer timer(Stage::decode);
    const auto positions = torch::arange(1, pair_positions + 1, x_.options()) / (pair_positions + 1);
    const auto both = audible_[c] * audible_[d];
    const auto frames = with_smoothing(audible_end(both.unsqueeze(0), torch::ones({1, 1}, x_.options())), x_.size(2));
    const auto x = x_.slice(2, 0, frames);
    const auto moved = model_->moved(x[c], x[d], mask_[c] * mask_[d], positions, conditions_);
    if (!moved.defined()) return cached = torch::zeros({pair_positions, x_.size(1), x_.size(2)}, x_.options());
    return cached =
               torch::constant_pad_nd(smoothed(moved, morph_recipe().correction_smoothing) * both.slice(0, 0, frames),
                                      {0, x_.size(2) - frames});
}

Tensor LatentInterpolation::moved_at(const Tensor& weights) const {
    auto sum = torch::zeros({weights.size(0), x_.size(1), x_.size(2)}, x_.options());
    for (int64_t c = 0; c < x_.size(0); ++c)
        for (int64_t d = c + 1; d < x_.size(0); ++d) {
            const auto wc = weights.select(1, c), wd = weights.select(1, d), both = 4 * wc * wd;
            if (both.max().item<float>() <= 0) continue;
            const auto at = pair_interpolation(wd / (wc + wd).clamp_min(1e-6)) * both.unsqueeze(1);
            sum += weighted_mix(at, moved(c, d));
        }
    return sum;
}

Tensor LatentInterpolation::correction_at(const Tensor& weights) const {
    std::vector<Tensor> parts;
    for (int64_t from = 0; from < weights.size(0); from += positions_at_once) {
        const auto w = weights.slice(0, from, std::min(from + positions_at_once, weights.size(0)));
        const int64_t frames = with_smoothing(audible_end(audible_, w), x_.size(2));
        const auto latents = latents_.slice(2, 0, frames), decoded = decoded_.slice(2, 0, frames);
        const auto correction =
            smoothed(decode(weighted_mix(w, latents)) - weighted_mix(w, decoded), morph_recipe().correction_smoothing);
        // The least audible of the corners in use.
        const auto inaudible = (1 - audible_).slice(1, 0, frames).unsqueeze(0);
        const auto silent = (inaudible * (w > 0).to(torch::kFloat).unsqueeze(2)).amax(1);
        // At a corner the two decodings agree but for rounding.
        const auto inside = (w.amax(1) < 1).to(torch::kFloat).unsqueeze(1);
        parts.push_back(moved_at(w));
        parts.back().slice(2, 0, frames) += correction * ((1 - silent) * inside).unsqueeze(1);
    }
    return torch::cat(parts);
}

} // namespace timbrel::models
