// Judging what was baked and what was learned. Definitions of the measures: models/sound/measures.h.
#pragma once

#include "models/network/autoencoder.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace timbrel::models {

// A bank against its own sources, which must still be where they were when it was baked:
//   corners     each corner cell as a voice plays it, against its recording: ELSD, attack ELSD, and the floor (the same
//               parameters rendered with other phases and noise)
//   grid_error  ELSD′ between the crossfade of four cells and the decode at the centre of their square: mean and worst
//   seams       spectral flux at the loops' seams over the flux elsewhere: mean and worst; detuning in cents by the
//   loop
//   between     judge_between.h
nlohmann::json judge_bank(const std::string& path, torch::Device device);

// Draws for each corner of a bank its recording, its cell and the plane's centre side by side: the hardest note next to
// middle C. Throws std::exception with one line.
void plot_bank(const std::string& path, const std::string& picture, torch::Device device);

// Instruments that training never saw, through the network and back, no corner residual: mean ELSD and attack ELSD of
// each family, of each source and of all, and "families_mean", to which each family gives as much, beside the same
// without the network and the floor. `notes` of each instrument; what cannot be heard or is not melodic is left out,
// and named.
nlohmann::json judge_network(Autoencoder network, int notes, torch::Device device);

} // namespace timbrel::models
