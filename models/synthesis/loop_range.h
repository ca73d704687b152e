// SPDX-License-Identifier: GPL-3.0-or-later
// The loop that all cells and velocities of a pitch share. Threads: any; plain data.
#pragma once

#include <cstdint>

namespace timbrel::models {

struct LoopRange {
    int64_t start = 0, end = 0; // hops; no loop where equal
};

} // namespace timbrel::models
