// SPDX-License-Identifier: GPL-3.0-or-later
// Detects the vibrato of a recorded note.
// Threads: any that may allocate; pure.
#pragma once

#include "models/analysis/pitch.h"

namespace timbrel::models {

struct Vibrato {
    double depth = 0; // cents from the mean to either side, as of a sine; 0 for none
    double rate = 0;  // Hz, 3–9; 0 for none
    double delay = 0; // seconds from the start of the note until half the depth; 0 when less than a period
    double phase = 0; // of the sine at the start of the note, turns, 0–1

    bool present() const { return depth > 0; }
    // Cents at this time after the start of the note, as a voice plays it: a fade-in as long as the delay, centred on
    // it.
    double cents(double seconds) const;
};

// The vibrato in the first `hops` hops. None where the pitch wavers, drifts or glides, where the harmonics move
// differently (several sources that beat), or below 3 cents.
Vibrato estimate_vibrato(const HarmonicDeviation& deviation, int64_t hops);

} // namespace timbrel::models
