// Fine-tuning of the network on the very sounds of a plane.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/autoencoder.h"

#include <functional>

namespace timbrel::models {

struct Adaptation {
    int64_t steps = 0;
    double before = 0, after = 0; // dB by which what the network makes of the corners' notes deviates from them
};

// Teaches the decoder, and the encoder that makes the corners' embeddings, all notes of the recipe at all its corners,
// until enough(steps done) says so, which is asked before each step. The noise on the embeddings stays as in training,
// so that the inside stays smooth.
//
// The weights depend on the number of steps, and on nothing else that a clock or the number of cores decides: the rate
// knows no end to fall towards, the weights are averaged exponentially over the last steps, and one thread works. So a
// bank that tells its steps tells how to make it again on a processor of the same kind.
Adaptation adapt(Autoencoder& network, const PlaneSources& sources, torch::Device device,
                 const std::function<bool(int64_t)>& enough);

// The same for so many minutes, with progress on a terminal.
Adaptation adapt_for(Autoencoder& network, const PlaneSources& sources, torch::Device device, double minutes);

} // namespace timbrel::models
