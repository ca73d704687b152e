// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of a plane in a bank's metadata, as the window reads it.
// Threads: any that may allocate; pure.
#pragma once

#include "models/morph/plane_sources.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// Index in the recipe of the pitch that the picture shows, with the hardest velocity.
size_t picture_note(const PlaneRecipe& recipe);

// The mean power of cells [cells, 2, frames] over their first second, in bands equally spaced on the ERB scale:
// [cells, bands].
Tensor picture_bands(const Tensor& sound);

// The bands of all cells as numbers from 0 to 100 over 60 dB.
nlohmann::json picture(const Tensor& bands, int pitch);

} // namespace timbrel::models
