// SPDX-License-Identifier: GPL-3.0-or-later
// The columns and rows of cells whose crossings are a bank's corners (the instruments between which it morphs).
// Thread: control or worker for construction; constant afterwards: any.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/bank/bank.h"

#include <cstdint>
#include <vector>

namespace timbrel::engine {

// The four corners around a position, by their indices row by row from the north-west, and their weights, which add up
// to 1. The same corner may occur more than once.
struct CornerWeights {
    size_t corner[4];
    float weight[4];
};

struct BankCorners {
    // Reads the metadata's "corners". When they are missing or invalid, the outermost cells are the corners.
    explicit BankCorners(const Bank& bank);

    // Cell indices, ascending; the first and the last of the plane are always included.
    std::vector<uint32_t> columns, rows;

    size_t count() const noexcept TIMBREL_REALTIME { return columns.size() * rows.size(); }
    // At a position on the grid of cells, counted from the north-west: bilinear.
    CornerWeights weights(float column, float row) const noexcept TIMBREL_REALTIME;
};

} // namespace timbrel::engine
