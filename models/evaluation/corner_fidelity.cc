// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/corner_fidelity.h"

#include "models/synthesis/additive_synthesis.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

std::optional<CornerFidelity> evaluate_corner(const PlaneSources& sources, size_t corner, size_t pitch, size_t layer,
                                              const Tensor& cell) {
    const auto recording = to_audio(sources.original(corner, pitch, layer).slice(1, 0, cell.size(1)));
    const auto rendering = to_audio(cell);
    const auto& spectrum = sources.corners(pitch)[layer][corner].spectrum;
    const CornerFidelity fidelity{
        audio::distances(recording, rendering),
        audio::distances(to_audio(synthesise(spectrum, 1)), to_audio(synthesise(spectrum, 2))),
        audio::modulation_ratio(recording, rendering)};
    if (std::isnan(fidelity.cell.elsd) || std::isnan(fidelity.floor.elsd)) return std::nullopt;
    return fidelity;
}

Tensor centre_weights(const PlaneRecipe& recipe) {
    std::vector<float> weights;
    for (int y = 0; y + 1 < std::max(recipe.rows(), 2); ++y)
        for (int x = 0; x + 1 < recipe.columns(); ++x)
            for (float w : corner_weights(recipe, x + .5, recipe.rows() > 1 ? y + .5 : 0)) weights.push_back(w);
    return to_tensor(weights).view({-1, int64_t(recipe.sources.size())});
}

std::vector<double> grid_errors(const PlaneRecipe& recipe, const Tensor& centres,
                                const std::function<Tensor(int64_t)>& cell) {
    const int64_t columns = recipe.columns(), next_row = recipe.rows() > 1 ? columns : 0;
    std::vector<double> errors;
    for (int64_t square = 0; square < centres.size(0); ++square) {
        const int64_t first = square / (columns - 1) * columns + square % (columns - 1);
        auto sum = torch::zeros({2, centres.size(2)});
        for (const int64_t k : {first, first + 1, first + next_row, first + next_row + 1}) sum += cell(k) * .25;
        errors.push_back(
            audio::erb_distance(audio::band_power(to_audio(centres[square])), audio::band_power(to_audio(sum))));
    }
    return errors;
}

} // namespace timbrel::models
