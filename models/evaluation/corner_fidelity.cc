#include "models/evaluation/corner_fidelity.h"

#include "models/synthesis/additive_synthesis.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {

std::optional<CornerTruth> judge_corner(const PlaneSources& sources, size_t corner, size_t pitch, size_t layer,
                                        const Tensor& cell) {
    const auto recording = audio_of(sources.original(corner, pitch, layer).slice(1, 0, cell.size(1)));
    const auto found = audio_of(cell);
    const auto& spectrum = sources.corners(pitch)[layer][corner].spectrum;
    const CornerTruth truth{audio::distances(recording, found),
                            audio::distances(audio_of(synthesise(spectrum, 1)), audio_of(synthesise(spectrum, 2))),
                            audio::modulation_ratio(recording, found)};
    if (std::isnan(truth.cell.elsd) || std::isnan(truth.floor.elsd)) return std::nullopt;
    return truth;
}

Tensor centre_shares(const PlaneRecipe& recipe) {
    std::vector<float> shares;
    for (int y = 0; y + 1 < std::max(recipe.rows(), 2); ++y)
        for (int x = 0; x + 1 < recipe.columns(); ++x)
            for (float s : corner_shares(recipe, x + .5, recipe.rows() > 1 ? y + .5 : 0)) shares.push_back(s);
    return tensor_of(shares).view({-1, int64_t(recipe.sources.size())});
}

std::vector<double> grid_errors(const PlaneRecipe& recipe, const Tensor& centres,
                                const std::function<Tensor(int64_t)>& cell) {
    const int64_t columns = recipe.columns(), south = recipe.rows() > 1 ? columns : 0;
    std::vector<double> errors;
    for (int64_t square = 0; square < centres.size(0); ++square) {
        const int64_t first = square / (columns - 1) * columns + square % (columns - 1);
        auto sum = torch::zeros({2, centres.size(2)});
        for (const int64_t k : {first, first + 1, first + south, first + south + 1}) sum += cell(k) * .25;
        errors.push_back(
            audio::light_distance(audio::band_power(audio_of(centres[square])), audio::band_power(audio_of(sum))));
    }
    return errors;
}

} // namespace timbrel::models
