// SPDX-License-Identifier: GPL-3.0-or-later
// Training of the decoder of what moves between two notes (PairDecoder). The rest of the network does not change.
// Thread: control. train_pairs() blocks until training ends and sets libTorch's global thread count and random seed.
#pragma once

#include "models/training/trainers/pair_loss.h"
#include "models/training/trainers/trainer.h"

#include <functional>

namespace timbrel::models {

struct PairTrainingResult {
    Autoencoder network; // exponential moving average of the weights
    int64_t steps = 0;
    double loss = 1; // moving average
    PairError held_out;
};

// Continues the training of `network`, which it modifies. `progress` and `checkpoint`: as train() (trainer.h).
PairTrainingResult train_pairs(const TrainingData& data, Autoencoder network, int threads, torch::Device device,
                               const std::function<double(int64_t)>& progress,
                               const std::function<void(const PairTrainingResult&)>& checkpoint);

} // namespace timbrel::models
