// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corners/single_corner.h"

namespace timbrel::models {

PlaneRecipe single_corner_recipe(const std::string& source, std::vector<int> pitches, int velocity) {
    PlaneRecipe recipe;
    recipe.sources = {source};
    recipe.across = recipe.down = 1;
    recipe.pitches = std::move(pitches);
    recipe.velocities = {velocity};
    recipe.network_amount = 0;
    return recipe;
}

SingleCell single_corner_cell(const PlaneSources& sources, size_t pitch, torch::Device device) {
    const auto plan = sources.plan(pitch);
    const PlaneNote note(nullptr, sources.corners(pitch)[0], sources.setting(pitch, 0), plan, device);
    const auto rendering = note.render(torch::ones({1, 1}));
    return {rendering.sound[0].to(torch::kCPU), plan.loop, rendering.decay.front()};
}

} // namespace timbrel::models
