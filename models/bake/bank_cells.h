// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a bank's recipe and cells, for evaluation.
// Threads: any that may allocate; pure.
#pragma once

#include "models/morph/plane_sources.h"
#include "plugin/engine/bank/bank.h"

namespace timbrel::models {

// dB by which a bank is louder than the plane it is made of, as its metadata say. So a bank is about as loud as other
// instruments at their defaults: mda's, setBfree, ZynAddSubFX.
inline constexpr double bank_level_db = 2.2;

// The recipe in the bank's metadata. Throws nlohmann::json::exception where it is missing, std::runtime_error where the
// bank has other notes or cells, as a shard has.
PlaneRecipe read_recipe(const engine::Bank& bank);

// A cell's samples [2, frames] at the level of the plane, otherwise as stored: the loop flat.
Tensor cell_samples(const engine::Bank& bank, const engine::BankEntry& entry);

// The same as a held key plays them: the loop with its decay, equally long.
Tensor unrolled_cell(const engine::Bank& bank, const engine::BankEntry& entry);

// The index of the cell at a corner of the plane.
uint32_t corner_cell(const engine::Bank& bank, const PlaneRecipe& recipe, size_t corner);

} // namespace timbrel::models
