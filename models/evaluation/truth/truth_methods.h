// SPDX-License-Identifier: GPL-3.0-or-later
// The sounds that different methods make between the two ends of a triple.
// Threads: any that may allocate, one at a time for each model.
#pragma once

#include "models/morph/oscillator_plan.h"
#include "models/network/note_model.h"

#include <array>
#include <vector>

namespace timbrel::models {

enum class TruthMethod {
    mean_in_db,   // a plane without the network (network amount 0)
    layering,     // (1 − t) A + t B in samples
    transport,    // optimal transport of envelopes (mean_transport.h)
    network_bare, // the decoded mean of both latents, without the corners' residuals
    network,      // a plane (network amount 1)
    floor,        // the true note encoded and decoded, without its residual
    resynthesis,  // the true note as a corner of a plane: the least distance that a plane can reach
};
inline constexpr std::array truth_methods{TruthMethod::mean_in_db,   TruthMethod::layering, TruthMethod::transport,
                                          TruthMethod::network_bare, TruthMethod::network,  TruthMethod::floor,
                                          TruthMethod::resynthesis};
// JSON keys.
inline constexpr std::array<const char*, truth_methods.size()> truth_method_keys{
    "mean_in_db", "layering", "transport", "network_bare", "network", "floor", "resynthesis"};

// The recordings of one triple, [2, frames] at 48 kHz each.
struct TripleSounds {
    Tensor a, b;
    std::vector<Tensor> truth; // at each position
};

// One sound [2, truth_seconds · model_rate] for each of truth_methods at each position: [position][method]. Corners
// keep their level and are tuned to the pitch that both recordings have on the mean.
std::vector<std::vector<Tensor>> rendered_methods(const NoteModelPtr& network, const TripleSounds& sounds, int pitch,
                                                  double velocity, const std::vector<double>& positions,
                                                  torch::Device device);

} // namespace timbrel::models
