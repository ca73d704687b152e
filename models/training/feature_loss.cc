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

Tensor mix_halves(const Tensor& rows, const Tensor& weight) {
    const auto t = weight.view({-1, 1, 1});
    return (1 - t) * first_half(rows) + t * second_half(rows);
}

} // namespace timbrel::models
