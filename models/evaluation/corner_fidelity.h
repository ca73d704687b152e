// How true the cells of a note are: corners to their recordings, crossfades to what they stand for.
#pragma once

#include "models/audio/analysis/spectral_distance.h"
#include "models/morph/plane_sources.h"

#include <functional>
#include <optional>

namespace timbrel::models {

struct CornerTruth {
    audio::Distances cell, floor; // floor: two renderings of the corner's analysis, other phases and noise
    double movement = 0;          // modulation_ratio; NaN for a short note
};

// `cell` [2, frames] as a held key sounds, against as much of its recording. Nothing where one of them is silent. Plays
// the corner's source, so one thread at a time for each.
std::optional<CornerTruth> judge_corner(const PlaneSources& sources, size_t corner, size_t pitch, size_t layer,
                                        const Tensor& cell);

// Shares of the places in the middle of every square of cells (on a line: of every two), [squares, corners].
Tensor centre_shares(const PlaneRecipe& recipe);

// ELSD′ for each of them between the crossfade of the cells around and the rendering of the place, `centres` [squares,
// 2, frames]. cell(i): the ith cell as it is stored, [2, frames].
std::vector<double> grid_errors(const PlaneRecipe& recipe, const Tensor& centres,
                                const std::function<Tensor(int64_t)>& cell);

} // namespace timbrel::models
