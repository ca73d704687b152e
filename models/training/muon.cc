// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/muon.h"

#include "models/recipe/recipe.h"
#include "models/tensor/computation.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

Tensor orthogonalise(const Tensor& matrix) {
    auto x = matrix / (matrix.norm() + 1e-9);
    if (multiplies_bfloat16(matrix.device())) x = x.to(torch::kBFloat16);
    const auto& r = training_recipe();
    for (int64_t k = 0; k < r.muon_iterations; ++k) {
        const auto gram = torch::mm(x, x.t());
        x = torch::addmm(x, torch::addmm(gram, gram, gram, r.muon_quintic_b, r.muon_quintic_c), x, r.muon_quintic_a, 1);
    }
    return x.to(torch::kFloat);
}

Muon::Muon(std::vector<Tensor> weights) : weights_(std::move(weights)) {
    for (const auto& w : weights_) momenta_.push_back(torch::zeros_like(w));
}

void Muon::zero_grad() {
    for (auto& w : weights_)
        if (w.grad().defined()) w.mutable_grad().zero_();
}

void Muon::step(double rate) {
    const torch::NoGradGuard no_grad;
    const double momentum = training_recipe().muon_momentum;
    for (size_t i = 0; i < weights_.size(); ++i) {
        auto &w = weights_[i], &m = momenta_[i];
        m.mul_(momentum).add_(w.grad(), 1 - momentum);
        const auto nesterov = (momentum * m + (1 - momentum) * w.grad()).flatten(1);
        const double scale =
            training_recipe().muon_update_rms * std::sqrt(double(std::max(nesterov.size(0), nesterov.size(1))));
        w.mul_(1 - rate * training_recipe().muon_weight_decay)
            .add_(orthogonalise(nesterov).view(w.sizes()), -rate * scale);
    }
}

} // namespace timbrel::models
