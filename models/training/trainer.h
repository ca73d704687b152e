// SPDX-License-Identifier: GPL-3.0-or-later
// Training of the autoencoder on a Dataset.
// Thread: control. train() blocks until training ends and sets libTorch's global thread count and random seed.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/dataset.h"

#include <functional>

namespace timbrel::models {

// The feature loss: weighted root mean square difference over features, for each frame: [notes, frames]. Features
// `predicted` and `target` [notes, feature_count, frames] and the result are in network units; features with `mask`
// [notes, feature_count] 0 are ignored. Loud features weigh more than silent ones; differences below the floor count
// little.
Tensor deviation(const Tensor& predicted, const Tensor& target, const Tensor& mask);

// Weights of the loss terms and learning rate of one stage of training.
struct TrainingStage {
    double learning_rate;  // after the warm-up; decays along a cosine
    double feature_weight; // of `deviation`
    double erb_weight;     // of ErbSpectralLoss
    double attack_weight;  // of each frame in a note's first 0.1 s, relative to later ones
};
// The stages of the recipe. The feature loss is cheaper and trains a new network faster. The perceptual loss then
// refines what is audible.
TrainingStage stage_features();
TrainingStage stage_perceptual();

struct TrainingOptions {
    TrainingStage stage;
    int threads = 2;
};

// Mean errors on held-out notes, in dB: of the feature loss and the ERB loss, over whole notes and over their first
// 0.1 s.
struct HeldOutError {
    double feature_db = 0, feature_attack_db = 0, erb_db = 0, erb_attack_db = 0;
};

struct TrainingResult {
    Autoencoder network; // exponential moving average of the weights over about 1000 steps
    int64_t steps = 0;
    double training_db = 0; // moving average of the feature loss on training batches, weighted as in the stage
    HeldOutError held_out;
};

// Continues the training of `network`, which it modifies. `progress` maps the number of steps done to the fraction of
// the training that is over; training ends at 1. Prints a line to standard output at every 3 %.
TrainingResult train(const Dataset& training, const Dataset& held_out, Autoencoder network,
                     const TrainingOptions& options, torch::Device device,
                     const std::function<double(int64_t)>& progress);

} // namespace timbrel::models
