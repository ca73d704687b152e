// What lies between a plane's corners: something of its own, or its corners sounding at once.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/autoencoder.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// Over the hardest notes of every pitch, for rows "dB" (no network, imagine 0), "network" (imagine 1) and "layer" (the
// recordings themselves, sounding at once):
//   pair_layer    mean layer distance (sound/measures.h) half way between two neighbours, and the least
//   square_layer  the same at the centre of four
//   late_index    where half way stands in dying away: 0 at the one corner's, 1 at the other's; mean, least and largest
//                 over the neighbours that die away differently (by 6 dB)
nlohmann::json judge_between(const PlaneSources& sources, Autoencoder network, torch::Device device);

} // namespace timbrel::models
