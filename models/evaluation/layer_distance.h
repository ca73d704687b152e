// SPDX-License-Identifier: GPL-3.0-or-later
// A plane's midpoints: whether they are new sounds, or equal to their corners played at the same time, and what the
// network changes of them.
// Thread: control; uses all cores.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/note_model.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// Evaluates the highest velocity of every pitch. Rows: "dB" (network amount 0, without the network), "network" (network
// amount 1) and "layer" (the sum of the recordings themselves), each with mean, least, most and count of:
//   pair_layer    audio::nearest_layering in dB of the midpoint of two adjacent corners
//   square_layer  the same at the centre of four corners
//   late_index    position of the midpoint's late level between those of its two corners, 0 to 1; only pairs whose late
//                 levels differ by at least 6 dB
//   network_change  ELSD in dB of the midpoint from the one without the network; of pairs and squares
//   harmonicity_change  harmonic-to-noise ratio of the midpoint in dB, less the mean of its corners'; of pairs and
//   squares
nlohmann::json evaluate_layer_distance(const PlaneSources& sources, const NoteModelPtr& network, torch::Device device);

} // namespace timbrel::models
