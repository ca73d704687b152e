// SPDX-License-Identifier: GPL-3.0-or-later
// Training of the autoencoder on a Dataset: to reproduce notes, and to find the sounds between two notes as far as the
// decoder of one latent can.
// Thread: control. train() blocks until training ends and sets libTorch's global thread count and random seed.
#pragma once

#include "models/training/trainers/held_out_error.h"
#include "models/training/trainers/pair_loss.h"

#include <functional>

namespace timbrel::models {

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

struct TrainingData {
    const Dataset& notes;
    const Dataset* chains; // notes of instruments with a knob (knob_chains.h); nullptr for none
    // Of instruments that are not trained on; chains: nullptr for none.
    const Dataset& held_out;
    const Dataset* held_out_chains;
};

struct TrainingResult {
    Autoencoder network; // exponential moving average of the weights over about 1000 steps
    int64_t steps = 0;
    int64_t skipped_steps = 0; // of these, because their gradients overflowed
    double training_db = 0;    // moving average of the feature loss on training batches, weighted as in the stage
    HeldOutError held_out;
    PairError held_out_pairs;
};

// Continues the training of `network`, which it modifies. `progress` maps the number of steps done to the fraction of
// the training that is over; training ends at 1. Prints a line to standard output at every 3 % and calls `checkpoint`.
TrainingResult train(const TrainingData& data, Autoencoder network, const TrainingOptions& options,
                     torch::Device device, const std::function<double(int64_t)>& progress,
                     const std::function<void(const TrainingResult&)>& checkpoint);

} // namespace timbrel::models
