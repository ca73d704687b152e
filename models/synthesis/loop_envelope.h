// SPDX-License-Identifier: GPL-3.0-or-later
// Flattens and closes the loop of a note: its partials and bands over time, in dB.
// Threads: any that may allocate; pure but for `x`.
#pragma once

#include "models/synthesis/loop_range.h"
#include "models/tensor/tensors.h"

namespace timbrel::models {

// Changes to the loop of each corner in dB. Linear, so they are mixed by the same weights as the levels.
struct LoopChange {
    // [corners, loop.fade(), 2, slots or bands], to be subtracted from the frames before the loop's start.
    Tensor before;
    Tensor offset; // [corners, 1, 2, slots or bands], added
};

// x [corners, frames, 2, …] in dB is changed; decay [corners] in dB per second, which the voice applies to the whole
// sound from the loop's start on. In a decaying sound every partial and band keeps one level throughout the loop: the
// loop's mean, where it decays as fast as the whole, or that of the loop's middle, where it decays faster (reached
// shortly before the loop starts). Fluctuations that come several times in a loop remain, while the partial is within
// 20 dB of its level at the start; slower ones, such as the beats of a piano's strings, would come back with every turn
// of the loop. Sounds that decay so fast that little is left of them lose all.
LoopChange flatten_loop(Tensor& x, const LoopRange& loop, const Tensor& decay);

// x [positions, frames, 2, …] with the end of its loop crossfaded into the frames before its start (LoopRange::fade),
// as if these were as flat, so that the end joins the start; `change` mixed as x is.
Tensor close_loop(const Tensor& x, const LoopRange& loop, const LoopChange& change);

} // namespace timbrel::models
