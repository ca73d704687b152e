// Partials and bands of a note's loop over time, so that it can go on for ever.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// How the loop of each corner differs from what was recorded there, in dB: [corners, 1, 2, slots or bands]. Linear, so
// that it mixes by shares as levels do.
struct LoopChange {
    Tensor slope;  // per second, taken out
    Tensor offset; // added
};

// x [corners, frames, 2, …] in dB; decay [corners] in dB per second, by which the voice lets the whole fade from the
// loop's start on. Of a sound that dies away every partial and band keeps one level throughout the loop: what dies
// faster than the whole that of the loop's middle, which it reaches shortly before the loop starts, all else that of
// the start. What moves about that level is kept, but not where a sound dies so fast that little of it is left.
LoopChange flatten_loop(Tensor& x, const LoopPlace& loop, const Tensor& decay);

// The last quarter of the loop becomes what came before its start, as if that had been as flat, so that the end meets
// the start. x [places, frames, 2, …], the change mixed as x is.
Tensor closed(const Tensor& x, const LoopPlace& loop, const LoopChange& change);

} // namespace timbrel::models
