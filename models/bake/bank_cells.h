// What judging needs of a bank: its cells as tensors, and the recipe that it was baked by.
#pragma once

#include "models/morph/plane_sources.h"
#include "plugin/engine/bank/bank.h"

namespace timbrel::models {

// Throws nlohmann::json::exception where the bank does not tell, std::runtime_error where its cells or notes are not
// those of the recipe, as in a shard.
PlaneRecipe recipe_of(const engine::Bank& bank);

// A cell's samples [2, frames] as they are stored: the loop flat.
Tensor stored(const engine::Bank& bank, const engine::BankEntry& entry);

// The same as a held key sounds, as long as it is stored.
Tensor held(const engine::Bank& bank, const engine::BankEntry& entry);

// The cell at a corner of the plane.
uint32_t corner_cell(const engine::Bank& bank, const PlaneRecipe& recipe, size_t corner);

} // namespace timbrel::models
