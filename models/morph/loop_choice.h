// SPDX-License-Identifier: GPL-3.0-or-later
// Chooses the loop that all cells and velocities of a pitch share: its length, and frequencies that fit into it. How
// long it should be: held_notes.h. Threads: any that may allocate; pure.
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

// The length of a note, and the lengths that the loop at its end may have. In hops.
struct NoteLength {
    // A note of `hops`, its loop within loop_tolerance of loop_fraction of it (recipe.h).
    NoteLength(int64_t hops);
    // A note whose loop has `shortest` hops, or one more for each further value of `mismatch`.
    NoteLength(int64_t hops, int64_t shortest, std::vector<double> mismatch);

    int64_t hops, shortest;
    std::vector<double> mismatch; // dB, by which the sound at the end of each loop differs from that before its start
};

// The loop at the end of the note that detunes the partials with these ratios to f0 Hz, and breaks the sound, least.
LoopRange choose_loop(const std::vector<double>& ratios, double f0, const NoteLength& note);

// The rounding to whole periods of this loop.
LoopRounding rounding_of(const LoopRange& loop, double f0);

} // namespace timbrel::models
