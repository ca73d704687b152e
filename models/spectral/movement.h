// SPDX-License-Identifier: GPL-3.0-or-later
// How a held sound moves, and whether it repeats itself: by its levels in ERB bands over time.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// Levels in dB in bands within 40 dB of the loudest one, every 43 ms, less the straight line through each.
class Movement {
  public:
    // A sound [2, frames] at 48 kHz, from `from` seconds on. It may be silent or short: then nothing moves.
    Movement(const Tensor& sound, double from);

    double seconds() const; // of the movement

    // dB, root mean square over bands and time.
    double depth() const;

    // How much of what is heard in seconds() repeats after `lag` seconds, −1 to 1: the products of levels that far
    // apart, over the squares of all levels and of the difference that an ear notices, 1 dB. So movement that is too
    // slight to be noticed does not count, nor does a repetition that would come after the end.
    double similarity(double lag) const;

    // The greatest similarity() at lags from `shortest` to `longest` seconds, but not before it first falls to 0: all
    // that moves slowly resembles itself a moment later. 0 where there is none.
    double greatest_similarity(double shortest, double longest) const;

    // similarity(loop), if the sound repeated `loop` seconds of itself exactly.
    double similarity_if_looped(double loop) const;

    // dB, root mean square: how much the levels in the 0.3 s around `start` differ from those around `end`, both in
    // seconds after `from`, as far as both are known; 20 where they are not.
    double mismatch(double start, double end) const;

  private:
    Tensor levels_;     // [bands, frames] dB
    Tensor similarity_; // [frames], at lags of whole frames
};

} // namespace timbrel::models
