// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/latent_interpolation.h"

#include "models/recipe/recipe.h"
#include "models/tensor/weighted_mix.h"

#include <algorithm>
#include <utility>

namespace timbrel::models {
namespace {

Tensor conditions_for(int64_t count, double f0, double velocity, torch::Device device) {
    return make_conditioning(torch::full({count}, f0), torch::full({count}, velocity)).to(device);
}

Tensor limited(const Tensor& db, double limit) { return torch::tanh(db / limit) * limit; }

// Length of the latent of each frame: [positions, 1, frames].
Tensor length(const Tensor& latents) { return latents.square().sum(1, true).sqrt(); }

void add_unique(std::vector<std::vector<int64_t>>& list, const std::vector<int64_t>& corners) {
    if (std::ranges::find(list, corners) == list.end()) list.push_back(corners);
}

} // namespace

LatentInterpolation::LatentInterpolation(Autoencoder network, const Tensor& x, const Tensor& mask, double f0,
                                         double velocity)
    : network_(std::move(network)), f0_(f0), velocity_(velocity) {
    const auto c = conditions_for(x.size(0), f0, velocity, x.device());
    mean_level_ = x.mean(2, true);
    latents_ = network_->encode(to_network_units(x), mask, c);
    decoded_ = from_network_units(network_->decode(latents_, c))
                   .clamp_min(feature_floor + morph_recipe().decoded_floor_margin);
}

LatentInterpolation::Nodes LatentInterpolation::nodes_for(const Tensor& weights) {
    Nodes nodes;
    const auto on_cpu = weights.to(torch::kCPU);
    const auto w = on_cpu.accessor<float, 2>();
    for (int64_t i = 0; i < weights.size(0); ++i) {
        std::vector<int64_t> corners;
        for (int64_t c = 0; c < weights.size(1); ++c)
            if (w[i][c] > 0) corners.push_back(c);
        for (size_t a = 0; a < corners.size(); ++a)
            for (size_t b = a + 1; b < corners.size(); ++b) add_unique(nodes.pairs, {corners[a], corners[b]});
        if (corners.size() == 4) add_unique(nodes.squares, corners);
    }
    return nodes;
}

Tensor LatentInterpolation::latent_mean(const Tensor& weights) const {
    auto mean = weighted_mix(weights, latents_);
    for (const auto& [from, to] : {std::pair{0, frame_latent_size}, std::pair{frame_latent_size, latent_size}}) {
        auto part = mean.slice(1, from, to);
        part *= (weighted_mix(weights, length(latents_.slice(1, from, to))) / length(part).clamp_min(1e-3))
                    .clamp(1, morph_recipe().max_latent_stretch);
    }
    return mean;
}

Tensor LatentInterpolation::residual_db(const Nodes& nodes) const {
    auto middles = torch::zeros({int64_t(nodes.pairs.size() + nodes.squares.size()), latents_.size(0)});
    int64_t row = 0;
    for (const auto* list : {&nodes.pairs, &nodes.squares})
        for (const auto& corners : *list) {
            for (const int64_t c : corners) middles[row][c] = 1. / double(corners.size());
            ++row;
        }
    const auto weights = middles.to(latents_.device());
    const auto c = conditions_for(row, f0_, velocity_, latents_.device());
    const auto decoded = from_network_units(network_->decode(latent_mean(weights), c))
                             .clamp_min(feature_floor + morph_recipe().decoded_floor_margin);
    auto amount =
        ((morph_recipe().quiet_level - weighted_mix(weights, mean_level_)) / morph_recipe().quiet_fade).clamp(0, 1);
    amount.slice(1, noise_start, noise_start + noise_bands).fill_(1);
    auto residual =
        limited((decoded - weighted_mix(weights, decoded_)).mean(2, true) * amount, morph_recipe().max_residual);
    // A square keeps what its six pairs do not explain; each pair contributes 4 · ¼ · ¼ in the middle.
    for (size_t s = 0; s < nodes.squares.size(); ++s)
        for (size_t p = 0; p < nodes.pairs.size(); ++p)
            if (std::ranges::includes(nodes.squares[s], nodes.pairs[p]))
                residual[int64_t(nodes.pairs.size() + s)] -= residual[int64_t(p)] / 4;
    const auto pairs = int64_t(nodes.pairs.size());
    return torch::cat(
        {residual.slice(0, 0, pairs), limited(residual.slice(0, pairs), morph_recipe().max_square_residual)});
}

Tensor LatentInterpolation::residual_at(const Tensor& weights) const {
    const auto nodes = nodes_for(weights);
    if (nodes.pairs.empty()) return torch::zeros({weights.size(0), feature_count, 1}, latents_.options());
    std::vector<Tensor> amounts; // of each node, 1 in its middle
    for (const auto& pair : nodes.pairs) amounts.push_back(4 * weights.select(1, pair[0]) * weights.select(1, pair[1]));
    for (const auto& square : nodes.squares)
        amounts.push_back(256 * weights.index_select(1, torch::tensor(square).to(weights.device())).prod(1));
    return weighted_mix(torch::stack(amounts, 1), residual_db(nodes));
}

} // namespace timbrel::models
