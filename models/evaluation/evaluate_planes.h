// SPDX-License-Identifier: GPL-3.0-or-later
// Evaluation of whole planes between held-out instruments, rendered without baking a bank.
// Thread: control; uses all cores.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/note_model.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace timbrel::models {

// Ten pairs and four squares of held-out presets of different families, alternating between the two reference fonts;
// three pitches, one velocity, the default grid.
std::vector<PlaneRecipe> held_out_planes();

// The same for a split: held_out_planes(), or six pairs and two squares of programs of development_instruments().
std::vector<PlaneRecipe> planes_of(Split split);

// For each plane and over all:
//   corners     each corner cell as a voice plays it against its recording: ELSD and attack ELSD of both channels, of
//               left and of right, their floor, and audio::modulation_ratio ("movement")
//   grid_error  grid_errors() of all squares and notes, with network amount 0 ("dB") and 1 ("network")
//   between     see layer_distance.h
//   paths       path_monotonicity.h, with network amount 0 and 1
//   cost        CPU time of one thread: seconds to analyse a recorded note, and seconds of sound rendered per second
// "families" groups corners and grid errors by family; a plane's grid errors count once for each of its corners.
nlohmann::json evaluate_planes(const NoteModelPtr& network, const std::vector<PlaneRecipe>& recipes,
                               torch::Device device);

// Prints the result as tables to standard output; '-', or no line, for what has no value.
void print_planes(const nlohmann::json& planes);

} // namespace timbrel::models
