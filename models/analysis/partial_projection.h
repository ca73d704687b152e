// How much of each partial a sound holds around each hop.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

struct Projection {
    std::vector<int64_t> active;            // places of the partials in their table
    std::vector<double> hz;                 // theirs
    Tensor re, im;                          // [2, hops, active]: sums of the windowed sound times cosine and sine
    double window_sum = 0, window_sum2 = 0; // of the window, and of its square
};

// x [2, frames] at a constant pitch; a Hann window over a few periods of f0.
Projection project(const Tensor& x, double f0, const PartialTable& table, int64_t hops);

} // namespace timbrel::models
