// The vibrato that a player, or an instrument's own oscillator, gave to a recorded note.
#pragma once

#include "models/analysis/pitch.h"

namespace timbrel::models {

struct Vibrato {
    double depth = 0; // cents from the middle to either side, as if it were a sine; 0 for none
    double rate = 0;  // Hz, 3–9; 0 for none
    double delay = 0; // seconds from the note's beginning until it has half its depth; less than a period is told as 0

    bool present() const { return depth > 0; }
};

// The vibrato in the first `held` hops. None where the pitch only wavers, drifts or glides, and none where harmonics
// move each in a way of its own, as they do when several sources of sound beat. Below 3 cents it is not told from none.
Vibrato vibrato_of(const HarmonicMovement& movement, int64_t held);

} // namespace timbrel::models
