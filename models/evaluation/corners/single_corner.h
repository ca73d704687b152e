// SPDX-License-Identifier: GPL-3.0-or-later
// A plane of one corner, without the network: what a corner makes of its recordings.
// Threads: any that may allocate; pure.
#pragma once

#include "models/morph/plane_sources.h"

#include <string>
#include <vector>

namespace timbrel::models {

// pitches: MIDI notes, ascending.
PlaneRecipe single_corner_recipe(const std::string& source, std::vector<int> pitches, int velocity);

struct SingleCell {
    Tensor sound; // [2, frames] on the CPU, the loop flat
    LoopRange loop;
    double decay; // of the loop, dB per second
};

// The cell of the recipe's pitch with this index.
SingleCell single_corner_cell(const PlaneSources& sources, size_t pitch, torch::Device device);

} // namespace timbrel::models
