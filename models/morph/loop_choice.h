// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses the loop that all cells and velocities of a pitch share: its length, and frequencies that fit into it.
// Threads: any that may allocate; pure.
#pragma once

#include "models/synthesis/loop_range.h"

#include <vector>

namespace timbrel::models {

// Rounds frequencies to whole periods in a loop of `seconds`. `ratio`: of a partial to f0 Hz; a whole one is a harmonic
// and stays one.
struct LoopRounding {
    double f0, seconds;
    double fundamental() const;            // Hz
    double operator()(double ratio) const; // Hz
};

// Cents between a ratio of frequencies and 1.
double detuning_cents(double ratio);

// The loop at the end of a note of `hops`, its length within loop_tolerance of loop_fraction of the note (recipe.h):
// that with the least detuning of the partials with these ratios to f0 Hz.
LoopRange choose_loop(const std::vector<double>& ratios, double f0, int64_t hops);

// The rounding to whole periods of this loop.
LoopRounding rounding_of(const LoopRange& loop, double f0);

} // namespace timbrel::models
