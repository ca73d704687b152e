// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/bake/bank_cells.h"

#include "common/units.h"
#include "models/synthesis/loop_playback.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace timbrel::models {

PlaneRecipe read_recipe(const engine::Bank& bank) {
    const auto& about = bank.metadata();
    PlaneRecipe r;
    const auto& made = about.at("recipe");
    made.at("sources").get_to(r.sources);
    made.at("model").get_to(r.model);
    r.across = about.at("map").at(0);
    r.down = about.at("map").at(1);
    about.at("grid").get_to(r.grid);
    about.at("pitches").get_to(r.pitches);
    about.at("velocities").get_to(r.velocities);
    if (const auto& seconds = about.at("seconds"); seconds.is_number()) r.seconds = seconds; // else "auto"
    about.at("release").get_to(r.release);
    about.at(about.contains("network_amount") ? "network_amount" : "imagine")
        .get_to(r.network_amount);                                               // "imagine" until 0.2
    if (about.contains("tuning")) r.tuning = tuning_of_name(about.at("tuning")); // missing until 0.3
    const bool complete = std::ranges::equal(bank.pitches(), r.pitches) &&
                          std::ranges::equal(bank.velocities(), r.velocities) && int(bank.columns()) == r.columns() &&
                          int(bank.rows()) == r.rows() && r.sources.size() == size_t(r.across) * size_t(r.down);
    if (!complete)
        throw std::runtime_error(bank.path() + ": holds other notes or cells than its recipe; merge the shards first");
    return r;
}

Tensor cell_samples(const engine::Bank& bank, const engine::BankEntry& e) {
    auto x = torch::empty({2, int64_t(e.frames)});
    auto a = x.accessor<float, 2>();
    const std::vector<int16_t> pcm = bank.read_pcm(e);
    const double level_db = bank.metadata().value("level_db", 0.); // missing until 0.2
    const auto scale = float(e.gain / 32767 / db_to_amplitude(level_db));
    for (int64_t i = 0; i < int64_t(e.frames); ++i)
        for (int c = 0; c < 2; ++c) a[c][i] = float(pcm[2 * i + c]) * scale;
    return x;
}

Tensor unrolled_cell(const engine::Bank& bank, const engine::BankEntry& e) {
    return unroll_loop(cell_samples(bank, e), {e.loop_start / hop, e.loop_end / hop}, e.decay,
                       double(e.frames) / bank.rate());
}

uint32_t corner_cell(const engine::Bank& bank, const PlaneRecipe& recipe, size_t corner) {
    const uint32_t column = uint32_t(corner % recipe.across) * (recipe.grid - 1),
                   row = uint32_t(corner / recipe.across) * (recipe.grid - 1);
    return row * bank.columns() + column;
}

} // namespace timbrel::models
