// SPDX-License-Identifier: GPL-3.0-or-later
// Whether corners are as wide as their recordings.
// Threads: control; uses all cores.
#pragma once

#include "models/tensor/tensors.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <utility>

namespace timbrel::models {

// Bands in which the correlation is measured, Hz.
inline constexpr std::array<std::pair<double, double>, 4> stereo_bands{
    {{150, 400}, {400, 1000}, {1000, 3000}, {3000, 10000}}};

// Of a sound [2, frames] at 48 kHz: "correlation" of the channels in each band, −1 to 1, null where the band is 60 dB
// under the whole sound; "side": level of the difference of the channels relative to their sum, dB.
nlohmann::json stereo_image(const Tensor& sound);

// A list "notes" of keys C3, C4 and C5 of instruments of the split that are in stereo and play a note alike each time,
// evenly chosen, each with "name", "key" and stereo_image() of what the source plays ("original") and of the corner's
// cell ("corner"); "bands": how many bands there are, and how many with a correlation within 0.15 of the original's
// ("near"), "correlation" and "side": absolute errors, each with mean, least and most; "side_near": how many notes
// within 2 dB. Sources that cannot be opened are "left_out".
nlohmann::json evaluate_stereo(Split split, torch::Device device);

// Prints the result as tables to standard output.
void print_stereo(const nlohmann::json& stereo);

} // namespace timbrel::models
