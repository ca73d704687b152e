// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/feature_loss.h"

#include "models/recipe/recipe.h"

namespace timbrel::models {
namespace {

// Levels below the floor count little, as a plane limits them to the floor.
Tensor above_floor(const Tensor& x) { return torch::leaky_relu(x, training_recipe().below_floor_slope); }

} // namespace

Tensor deviation(const Tensor& predicted, const Tensor& target, const Tensor& mask) {
    const auto audible = torch::relu(target);
    const auto weight =
        mask.unsqueeze(2) * (training_recipe().silent_feature_weight + audible * training_recipe().loud_feature_weight);
    const auto squares = ((above_floor(predicted) - audible).square() * weight).sum(1) / weight.sum(1);
    return (squares + training_recipe().feature_sqrt_epsilon).sqrt();
}

Tensor by_row(const Tensor& corners, int64_t count) {
    auto sizes = corners.sizes().vec();
    sizes[0] /= count;
    sizes.insert(sizes.begin(), count);
    return corners.view(sizes).transpose(0, 1);
}

Tensor mix_corners(const Tensor& corners, const Tensor& weights) {
    return (by_row(corners, weights.size(1)) * weights.view({weights.size(0), -1, 1, 1})).sum(1);
}

Batch truth_of(const BetweenBatch& batch) {
    const auto& c = batch.corners;
    const auto rows = batch.weights.size(0);
    return {batch.truth,
            c.mask.slice(0, 0, rows),
            c.c.slice(0, 0, rows),
            {c.pitches.begin(), c.pitches.begin() + rows},
            c.weight.slice(0, 0, rows)};
}

DecodedBetween decode_between(Autoencoder& network, const BetweenBatch& batch) {
    const auto& c = batch.corners;
    const auto truth = truth_of(batch);
    const auto embeddings = network->encode(c.x, c.mask, c.c);
    const auto corners = network->decode(embeddings, c.c).to(torch::kFloat);
    const auto mixture = network->decode_mixture(
        {by_row(c.x, batch.count()), by_row(embeddings, batch.count()), truth.mask, batch.weights}, truth.c);
    const auto residual =
        above_floor(mixture.levels) + mixture.layering - mix_corners(above_floor(corners), batch.weights);
    return {embeddings, corners, mix_corners(c.x, batch.weights) + residual};
}

} // namespace timbrel::models
