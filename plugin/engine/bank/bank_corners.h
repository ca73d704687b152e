// Where on a bank's plane its corners stand: on the crossings of a few columns and rows.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <cstdint>
#include <vector>

namespace timbrel::engine {

struct BankCorners {
    // Off the audio thread. Of a bank whose metadata tell nothing useful, the outermost cells are the corners.
    explicit BankCorners(const Bank& bank);

    // Cell numbers, ascending, from the plane's one edge to the other.
    std::vector<uint32_t> columns, rows;
};

} // namespace timbrel::engine
