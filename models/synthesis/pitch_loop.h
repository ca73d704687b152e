// SPDX-License-Identifier: GPL-3.0-or-later
// Closes the track of a note's pitch to the note's loop.
// Threads: any that may allocate; pure.
#pragma once

#include "models/synthesis/loop_range.h"

#include <vector>

namespace timbrel::models {

// `cents` at each hop, loop.end + 1 or more or none: loop.end + 1 points, the last of which equals that at the loop's
// start. In the loop the straight line through the points is removed, so that a held note neither drifts off its key
// nor saws; in the 0.3 s before, its value fades in. The last quarter of the loop is crossfaded into the points before
// it.
std::vector<float> close_pitch(const std::vector<float>& cents, const LoopRange& loop);

} // namespace timbrel::models
