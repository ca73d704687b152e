#include "models/evaluation/spaces/preset_classifier.h"

#include "models/evaluation/spaces/timbre_descriptor.h"

#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr int64_t channels = 96, embedding = 48;
constexpr int64_t attack_columns = 3; // of the last convolution's ten
constexpr int steps = 800, batch = 48;
constexpr double highest_rate = 2e-3;

// Pictures with an equaliser and with grain of their own.
Tensor varied(const Tensor& pictures) {
    const auto n = pictures.size(0);
    return pictures + 4 * torch::randn({n, picture_rows, 1}) + 2.5 * torch::randn_like(pictures);
}

} // namespace

RecogniserImpl::RecogniserImpl(int64_t presets)
    : dropout(register_module("dropout", torch::nn::Dropout(.3))),
      narrow(register_module("narrow", torch::nn::Linear(3 * channels, embedding))),
      verdict(register_module("verdict", torch::nn::Linear(embedding, presets))) {
    for (int i = 0; i < 4; ++i)
        convolutions->push_back(
            torch::nn::Conv1d(torch::nn::Conv1dOptions(i ? channels : picture_rows, channels, 5).stride(2).padding(2)));
    register_module("convolutions", convolutions);
}

Tensor RecogniserImpl::embed(const Tensor& pictures) {
    auto x = (pictures + 40) / 25;
    for (const auto& c : *convolutions) x = torch::gelu(c->as<torch::nn::Conv1d>()->forward(x));
    const auto attack = x.slice(2, 0, attack_columns).mean(2), rest = x.slice(2, attack_columns).mean(2);
    return narrow(dropout(torch::cat({attack, rest, x.std(2)}, 1)));
}

Tensor RecogniserImpl::forward(const Tensor& pictures) { return verdict(torch::gelu(embed(pictures))); }

Recogniser taught(const Tensor& pictures, const Tensor& preset, int64_t presets, uint64_t seed) {
    torch::manual_seed(seed);
    Recogniser network(presets);
    torch::optim::AdamW optimiser(network->parameters(), torch::optim::AdamWOptions(highest_rate).weight_decay(1e-2));
    torch::nn::CrossEntropyLoss loss(torch::nn::CrossEntropyLossOptions().label_smoothing(.1));
    for (int step = 0; step < steps; ++step) {
        const double rate = highest_rate * (.51 + .49 * std::cos(std::numbers::pi * step / steps));
        for (auto& group : optimiser.param_groups()) group.options().set_lr(rate);
        const auto chosen = torch::randint(pictures.size(0), {batch}, torch::kLong);
        const auto error =
            loss->forward(network(varied(pictures.index_select(0, chosen))), preset.index_select(0, chosen));
        optimiser.zero_grad();
        error.backward();
        optimiser.step();
    }
    network->eval();
    return network;
}

} // namespace timbrel::models
