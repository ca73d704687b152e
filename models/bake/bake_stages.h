// SPDX-License-Identifier: GPL-3.0-or-later
// Coarse banks of a recipe that are quickly baked, so that one can play while the bank is baked.
// Thread: any; pure.
#pragma once

#include "models/morph/plane_sources.h"

#include <vector>

namespace timbrel::models {

// The recipes of the stages, the coarsest first. The last one is `recipe`; each other has fewer cells, pitches or
// velocities than the next.
std::vector<PlaneRecipe> bake_stages(const PlaneRecipe& recipe);

} // namespace timbrel::models
