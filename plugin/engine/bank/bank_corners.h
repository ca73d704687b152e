// SPDX-License-Identifier: GPL-3.0-or-later
// The columns and rows of cells whose crossings are a bank's corners (the instruments between which it morphs).
// Thread: control or worker for construction; constant afterwards.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <cstdint>
#include <vector>

namespace timbrel::engine {

struct BankCorners {
    // Reads the metadata's "corners". When they are missing or invalid, the outermost cells are the corners.
    explicit BankCorners(const Bank& bank);

    // Cell indices, ascending; the first and the last of the plane are always included.
    std::vector<uint32_t> columns, rows;
};

} // namespace timbrel::engine
