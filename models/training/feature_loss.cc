// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/feature_loss.h"

#include "models/recipe/recipe.h"

namespace timbrel::models {
namespace {

// Levels below the floor count little, as a plane limits them to the floor.
Tensor above_floor(const Tensor& x) { return torch::leaky_relu(x, training_recipe().below_floor_slope); }

// The reciprocal of the error of a mean in dB, [rows, frames]: the loss is then an error relative to this one, as in
// the ratio that the evaluation reports. Otherwise the sounds between that are hard to find outweigh those that a mean
// in dB already hits.
Tensor relative_weight(const BetweenBatch& batch) {
    const auto rows = batch.weights.size(0);
    const auto error =
        deviation(mix_corners(batch.corners.x, batch.weights), batch.truth, batch.corners.mask.slice(0, 0, rows));
    return training_recipe().relative_error_offset /
           (error * network_unit_db + training_recipe().relative_error_offset);
}

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
    const auto first = [rows](const Tensor& t) { return t.slice(0, 0, rows); };
    return {batch.truth,
            first(c.mask),
            first(c.c),
            {c.pitches.begin(), c.pitches.begin() + rows},
            first(c.weight) * relative_weight(batch)};
}

DecodedBetween decode_between(Autoencoder& network, const BetweenBatch& batch) {
    const auto& c = batch.corners;
    const auto truth = truth_of(batch);
    const auto latents = network->encode(c.x, c.mask, c.c);
    const auto corners = network->decode(latents, c.c).to(torch::kFloat);
    const auto mixture = network->decode_mixture(
        {by_row(c.x, batch.count()), by_row(latents, batch.count()), truth.mask, batch.weights}, truth.c);
    const auto correction =
        above_floor(mixture.levels) + mixture.layering - mix_corners(above_floor(corners), batch.weights);
    return {latents, corners, mix_corners(c.x, batch.weights) + correction};
}

} // namespace timbrel::models
