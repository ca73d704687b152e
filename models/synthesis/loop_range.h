// SPDX-License-Identifier: GPL-3.0-or-later
// The loop that all cells and velocities of a pitch share. Threads: any; plain data.
#pragma once

#include <algorithm>
#include <cstdint>

namespace timbrel::models {

struct LoopRange {
    int64_t start = 0, end = 0; // hops; no loop where equal

    // Hops before the end that are crossfaded into those before the start. The attack is not among them.
    int64_t fade() const { return std::min((end - start) / 4, start / 2); }
};

} // namespace timbrel::models
