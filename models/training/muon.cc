#include "models/training/muon.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double keep = .95;        // of the momentum
constexpr double decay = 1e-2;      // of the weights, in shares of the rate
constexpr double usual_length = .2; // root mean square of AdamW's steps
constexpr int rounds = 5;
constexpr std::array quintic{3.4445, -4.7750, 2.0315}; // Jordan's: quick from small values, about one in the end

} // namespace

Tensor evened(const Tensor& matrix) {
    auto x = (matrix / (matrix.norm() + 1e-9)).to(torch::kBFloat16);
    for (int k = 0; k < rounds; ++k) {
        const auto square = torch::mm(x, x.t());
        x = torch::addmm(x, torch::addmm(square, square, square, quintic[1], quintic[2]), x, quintic[0], 1);
    }
    return x.to(torch::kFloat);
}

Muon::Muon(std::vector<Tensor> weights) : weights_(std::move(weights)) {
    for (const auto& w : weights_) momentum_.push_back(torch::zeros_like(w));
}

void Muon::zero_grad() {
    for (auto& w : weights_)
        if (w.grad().defined()) w.mutable_grad().zero_();
}

void Muon::step(double rate) {
    const torch::NoGradGuard no_grad;
    for (size_t i = 0; i < weights_.size(); ++i) {
        auto &w = weights_[i], &m = momentum_[i];
        m.mul_(keep).add_(w.grad(), 1 - keep);
        const auto ahead = (keep * m + (1 - keep) * w.grad()).flatten(1);
        const double length = usual_length * std::sqrt(double(std::max(ahead.size(0), ahead.size(1))));
        w.mul_(1 - rate * decay).add_(evened(ahead).view(w.sizes()), -rate * length);
    }
}

} // namespace timbrel::models
