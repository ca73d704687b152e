// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/bake_stages.h"

#include <algorithm>
#include <cstdlib>

namespace timbrel::models {
namespace {

constexpr int octave = 12, middle = 60;
constexpr double preview_seconds = 2; // where the length is chosen for the last stage

// Those of `pitches` that are an octave apart at least, chosen from the one nearest to the middle of the keyboard on,
// and at most `reach` from it.
std::vector<int> octaves(const std::vector<int>& pitches, int reach) {
    std::vector<int> by_distance = pitches, chosen;
    std::ranges::stable_sort(by_distance, {}, [](int pitch) { return std::abs(pitch - middle); });
    for (const int pitch : by_distance)
        if (std::abs(pitch - by_distance.front()) <= reach &&
            std::ranges::all_of(chosen, [&](int other) { return std::abs(pitch - other) >= octave; }))
            chosen.push_back(pitch);
    std::ranges::sort(chosen);
    return chosen;
}

bool same_notes(const PlaneRecipe& a, const PlaneRecipe& b) {
    return a.grid == b.grid && a.seconds == b.seconds && a.pitches == b.pitches && a.velocities == b.velocities;
}

} // namespace

std::vector<PlaneRecipe> bake_stages(const PlaneRecipe& recipe) {
    struct Limits {
        int grid, reach;
        bool all_pitches;
    };
    std::vector<PlaneRecipe> stages;
    for (const auto& [grid, reach, all_pitches] : {Limits{2, octave, false}, {3, 128, false}, {5, 128, true}}) {
        PlaneRecipe stage = recipe;
        stage.grid = std::min(grid, recipe.grid);
        stage.velocities = {recipe.velocities.back()};
        if (stage.seconds <= 0) stage.seconds = preview_seconds;
        if (!all_pitches) stage.pitches = octaves(recipe.pitches, reach);
        if (stages.empty() || !same_notes(stages.back(), stage)) stages.push_back(stage);
    }
    if (same_notes(stages.back(), recipe)) stages.pop_back();
    stages.push_back(recipe);
    return stages;
}

} // namespace timbrel::models
