// SPDX-License-Identifier: GPL-3.0-or-later
// Flattens and closes the loop of a note: its partials and bands over time, in dB.
// Threads: any that may allocate; pure but for `x`.
#pragma once

#include "models/synthesis/loop_range.h"
#include "models/tensor/tensors.h"

namespace timbrel::models {

// Changes to the loop of each corner in dB, [corners, 1, 2, slots or bands]. Linear, so it is mixed by the same weights
// as the levels.
struct LoopChange {
    Tensor slope;  // dB per second, subtracted
    Tensor offset; // dB, added
};

// x [corners, frames, 2, …] in dB is changed; decay [corners] in dB per second, which the voice applies to the whole
// sound from the loop's start on. In a decaying sound every partial and band keeps one level throughout the loop: that
// of the loop's middle where it decays faster than the whole (reached shortly before the loop starts), else that of the
// start. Fluctuations around this level remain, except in sounds that decay so fast that little is left of them.
LoopChange flatten_loop(Tensor& x, const LoopRange& loop, const Tensor& decay);

// x [positions, frames, 2, …] with the last quarter of its loop crossfaded into the frames before its start, as if
// these were as flat, so that the end joins the start; `change` mixed as x is.
Tensor close_loop(const Tensor& x, const LoopRange& loop, const LoopChange& change);

} // namespace timbrel::models
