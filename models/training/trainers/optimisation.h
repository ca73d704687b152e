// SPDX-License-Identifier: GPL-3.0-or-later
// What the trainings of both parts of the network have in common.
// Thread: control.
#pragma once

#include "models/tensor/tensors.h"

#include <vector>

namespace timbrel::models {

// Weight matrices of hidden layers, which Muon optimises, or all other parameters, which AdamW optimises.
std::vector<Tensor> parameters_of(const torch::nn::Module& module, bool hidden);

// The learning rate after `steps` at a fraction of the training, relative to the largest: a warm-up, then a cosine.
double learning_rate_factor(int64_t steps, double progress);

// Updates the moving average of the weights; the first steps are averaged over a shorter time.
void update_average(torch::nn::Module& average, const torch::nn::Module& module, int64_t steps);

} // namespace timbrel::models
