// SPDX-License-Identifier: GPL-3.0-or-later
// Projection of a sound on its partials around each hop.
// Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

struct PartialProjection {
    std::vector<int64_t> active;    // indices of the active partials in their table
    std::vector<double> hz;         // frequencies of these
    Tensor re, im;                  // [2, hops, active]: the windowed sound times cosine and sine, summed
    Tensor window_sum, window_sum2; // [active] sums of the window and of its square
};

// x [2, frames] at constant pitch f0 (Hz), under a Hann window of table.window_periods() periods or 8 ms. Tables with
// free partials get longer ones, 0.08 to 0.34 s, which separate neighbours; up to the middle of the first such
// window after the onset, the partial is continued backwards, because what is struck begins at once.
PartialProjection project_partials(const Tensor& x, double f0, const PartialTable& table, int64_t hops);

} // namespace timbrel::models
