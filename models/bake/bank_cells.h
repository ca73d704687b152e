// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a bank's recipe and cells, for evaluation.
// Threads: any that may allocate; pure.
#pragma once

#include "models/morph/plane_sources.h"
#include "plugin/engine/bank/bank.h"

namespace timbrel::models {

// The recipe in the bank's metadata. Throws nlohmann::json::exception where it is missing, std::runtime_error where the
// bank has other notes or cells, as a shard has.
PlaneRecipe read_recipe(const engine::Bank& bank);

// A cell's samples [2, frames] as stored: the loop flat.
Tensor cell_samples(const engine::Bank& bank, const engine::BankEntry& entry);

// The same as a held key plays them: the loop with its decay, equally long.
Tensor unrolled_cell(const engine::Bank& bank, const engine::BankEntry& entry);

// The index of the cell at a corner of the plane.
uint32_t corner_cell(const engine::Bank& bank, const PlaneRecipe& recipe, size_t corner);

} // namespace timbrel::models
