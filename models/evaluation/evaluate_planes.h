// Judging whole planes that were never baked, their corners instruments that training never saw.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/autoencoder.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace timbrel::models {

// Ten pairs and four squares of held-out presets from distinct families, their fonts in turn; three pitches, one
// velocity, the default grid.
std::vector<PlaneRecipe> held_out_planes();

// For each plane and over all:
//   corners     each corner cell as a voice plays it against its recording: ELSD and attack ELSD, of left and right
//               too, the floor, modulation_ratio
//   grid_error  judge_cells.h: over all squares and notes, with imagine 0 and 1
//   between     judge_between.h
//   ways        judge_ways.h, with imagine 0 and 1
//   cost        processor time of one thread: seconds to analyse a recorded note, and seconds of sound that a second
//               renders
// `families` gathers corners and grid errors by family, a plane's errors counting for each of its corners' families.
nlohmann::json judge_planes(Autoencoder network, const std::vector<PlaneRecipe>& recipes, torch::Device device);

// The same as tables, to standard output.
void print_planes(const nlohmann::json& planes);

} // namespace timbrel::models
