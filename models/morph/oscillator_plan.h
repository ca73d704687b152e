// SPDX-License-Identifier: GPL-3.0-or-later
// The oscillators and the loop that all cells and velocities of a pitch share.
// Threads: any that may allocate; pure.
#pragma once

#include "models/morph/corner_note.h"
#include "models/morph/loop_choice.h"
#include "models/synthesis/loop_range.h"

#include <vector>

namespace timbrel::models {

struct OscillatorPlan {
    std::vector<double> hz;         // frequency of each oscillator; a whole number of periods in the loop
    std::vector<int64_t> slot;      // of each oscillator in the partial table
    std::vector<float> corner_mask; // [oscillators × corners], 1 where the corner has its partial at this oscillator
    LoopRange loop;                 // ends with the note
    double detuning = 0;            // largest detuning by fitting whole periods, cents
};

// Gives all corners[velocity][corner] of a pitch the same free partials: those of all corners, of which each keeps its
// own active. Free partials of two corners within 5 cents become one. The velocities of a corner must have one table.
void align_free_partials(std::vector<std::vector<CornerNote>>& corners);

// corners[velocity][corner], all at f0 Hz, free partials aligned. Partials of a slot within 5 cents share one
// oscillator; others get one each, so that corners keep their frequencies and cells their phases.
OscillatorPlan plan_oscillators(const std::vector<std::vector<CornerNote>>& corners, double f0, const NoteLength& note);

} // namespace timbrel::models
