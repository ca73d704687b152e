// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/spaces/preset_classifier.h"

#include "models/evaluation/spaces/timbre_descriptor.h"

#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr int64_t channels = 96, embedding_size = 48;
constexpr int64_t attack_columns = 3; // of the last convolution's ten
constexpr int steps = 800, batch = 48;
constexpr double peak_learning_rate = 2e-3;

// Adds a random equaliser to each note and noise to each point, in dB.
Tensor augmented(const Tensor& spectrograms) {
    const auto n = spectrograms.size(0);
    return spectrograms + 4 * torch::randn({n, spectrogram_rows, 1}) + 2.5 * torch::randn_like(spectrograms);
}

} // namespace

PresetClassifierImpl::PresetClassifierImpl(int64_t presets)
    : dropout(register_module("dropout", torch::nn::Dropout(.3))),
      projection(register_module("projection", torch::nn::Linear(3 * channels, embedding_size))),
      logits(register_module("logits", torch::nn::Linear(embedding_size, presets))) {
    for (int i = 0; i < 4; ++i)
        convolutions->push_back(torch::nn::Conv1d(
            torch::nn::Conv1dOptions(i ? channels : spectrogram_rows, channels, 5).stride(2).padding(2)));
    register_module("convolutions", convolutions);
}

Tensor PresetClassifierImpl::embed(const Tensor& spectrograms) {
    auto x = (spectrograms + 40) / 25;
    for (const auto& c : *convolutions) x = torch::gelu(c->as<torch::nn::Conv1d>()->forward(x));
    const auto attack = x.slice(2, 0, attack_columns).mean(2), rest = x.slice(2, attack_columns).mean(2);
    return projection(dropout(torch::cat({attack, rest, x.std(2)}, 1)));
}

Tensor PresetClassifierImpl::forward(const Tensor& spectrograms) { return logits(torch::gelu(embed(spectrograms))); }

PresetClassifier train_preset_classifier(const Tensor& spectrograms, const Tensor& preset, int64_t presets,
                                         uint64_t seed) {
    torch::manual_seed(seed);
    PresetClassifier network(presets);
    torch::optim::AdamW optimiser(network->parameters(),
                                  torch::optim::AdamWOptions(peak_learning_rate).weight_decay(1e-2));
    torch::nn::CrossEntropyLoss loss(torch::nn::CrossEntropyLossOptions().label_smoothing(.1));
    for (int step = 0; step < steps; ++step) {
        const double rate = peak_learning_rate * (.51 + .49 * std::cos(std::numbers::pi * step / steps));
        for (auto& group : optimiser.param_groups()) group.options().set_lr(rate);
        const auto chosen = torch::randint(spectrograms.size(0), {batch}, torch::kLong);
        const auto error =
            loss->forward(network(augmented(spectrograms.index_select(0, chosen))), preset.index_select(0, chosen));
        optimiser.zero_grad();
        error.backward();
        optimiser.step();
    }
    network->eval();
    return network;
}

} // namespace timbrel::models
