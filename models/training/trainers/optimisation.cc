// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/trainers/optimisation.h"

#include "models/recipe/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {

std::vector<Tensor> parameters_of(const torch::nn::Module& module, bool hidden) {
    std::vector<Tensor> parameters;
    for (const auto& p : module.named_parameters())
        if ((p.key().find("blocks") != std::string::npos && p.value().dim() > 1) == hidden)
            parameters.push_back(p.value());
    return parameters;
}

double learning_rate_factor(int64_t steps, double progress) {
    const auto& r = training_recipe();
    const double warmup = std::min(1., double(steps + 1) / r.warmup_steps);
    return warmup *
           ((1 - r.final_learning_rate) / 2 * (1 + std::cos(std::numbers::pi * progress)) + r.final_learning_rate);
}

void update_average(torch::nn::Module& average, const torch::nn::Module& module, int64_t steps) {
    const torch::NoGradGuard no_grad;
    const auto& r = training_recipe();
    const double keep = std::min(r.average_decay, double(steps) / double(steps + r.average_warmup));
    auto to = average.parameters();
    const auto from = module.parameters();
    for (size_t i = 0; i < to.size(); ++i) to[i].mul_(keep).add_(from[i], 1 - keep);
}

} // namespace timbrel::models
