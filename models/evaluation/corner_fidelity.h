// SPDX-License-Identifier: GPL-3.0-or-later
// corner_fidelity and grid error: how close the cells of a note are to the recordings and renderings they stand for.
// Threads: control, worker; one thread at a time for each audio source.
#pragma once

#include "models/audio/analysis/spectral_distance.h"
#include "models/morph/plane_sources.h"

#include <functional>
#include <optional>

namespace timbrel::models {

struct CornerFidelity {
    audio::Distances cell;  // of the cell from the recording
    audio::Distances floor; // between two renderings of the corner's analysis with different phases and noise
    double movement = 0;    // audio::modulation_ratio; NaN for a short note
};

// Compares `cell` [2, frames], rendered as a sustained key, with as many frames of its recording. Plays the corner's
// source. Returns nothing where one of the two is silent.
std::optional<CornerFidelity> evaluate_corner(const PlaneSources& sources, size_t corner, size_t pitch, size_t layer,
                                              const Tensor& cell);

// Corner weights of the centres of all squares of four cells (on a line: of all pairs): [squares, corners].
Tensor centre_weights(const PlaneRecipe& recipe);

// For each square: ELSD′ in dB between the crossfade of its four cells and the rendering of its centre. `centres`
// [squares, 2, frames]; cell(i): the ith cell as stored in a bank, [2, frames]; both on the CPU.
std::vector<double> grid_errors(const PlaneRecipe& recipe, const Tensor& centres,
                                const std::function<Tensor(int64_t)>& cell);

} // namespace timbrel::models
