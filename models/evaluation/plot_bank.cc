// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/pictures/rainbowgram.h"
#include "models/bake/bank_cells.h"
#include "models/evaluation/evaluate.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <cstdlib>

namespace timbrel::models {

void plot_bank(const std::string& path, const std::string& picture, torch::Device device) {
    const auto bank = engine::Bank::open(path);
    auto recipe = read_recipe(*bank);
    const auto pitch = std::ranges::min_element(recipe.pitches, {}, [](int p) { return std::abs(p - 60); });
    const auto note = bank->note(uint32_t(pitch - recipe.pitches.begin()), uint32_t(recipe.velocities.size() - 1));
    recipe.pitches = {*pitch};
    recipe.velocities = {recipe.velocities.back()};
    const PlaneSources sources(recipe, device);

    const auto cell = [&](uint32_t index) { return to_audio(unrolled_cell(*bank, bank->entry(note, index))); };
    const auto centre = cell(bank->rows() / 2 * bank->columns() + bank->columns() / 2);
    std::vector<audio::Panel> panels;
    for (size_t c = 0; c < recipe.sources.size(); ++c) {
        auto corner = cell(corner_cell(*bank, recipe, c));
        const auto length = int64_t(corner.frames());
        panels.push_back({sources.names()[c], to_audio(sources.original(c, 0, 0).slice(1, 0, length))});
        panels.push_back({sources.names()[c] + " in the bank", std::move(corner)});
        panels.push_back({"the plane's centre", centre});
    }
    audio::draw_rainbowgrams(panels, picture);
}

} // namespace timbrel::models
