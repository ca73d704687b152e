// SPDX-License-Identifier: GPL-3.0-or-later
// Fine-tunes the network on the sounds of a plane.
// Thread: control.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/autoencoder.h"

#include <functional>

namespace timbrel::models {

struct FineTuning {
    int64_t steps = 0;
    double deviation_before = 0, deviation_after = 0; // dB, of the corners' decoded notes from the notes
};

// Trains encoder and decoder on all notes of all corners until enough(steps done), called before each step, returns
// true. The latent noise is that of training, so the latent space stays smooth.
//
// The weights depend on the number of steps only, not on time or the number of cores: the learning rate has no schedule
// but its warm-up, the weights are an exponential average over the last steps, and one thread works. So the number of
// steps in a bank's metadata suffices to repeat it on the same kind of processor.
FineTuning fine_tune(Autoencoder& network, const PlaneSources& sources, torch::Device device,
                     const std::function<bool(int64_t)>& enough);

// The same for a number of minutes, with progress on a terminal.
FineTuning fine_tune_for(Autoencoder& network, const PlaneSources& sources, torch::Device device, double minutes);

} // namespace timbrel::models
