// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a rendered note as a voice does.
// Threads: any that may allocate; pure.
#pragma once

#include "models/synthesis/loop_range.h"
#include "models/tensor/tensors.h"

namespace timbrel::models {

// `sound` [2, frames] on the CPU, its loop flat, for `seconds` of a held key: [2, seconds · model_rate]. The loop
// repeats and fades by `decay` dB per second from its start on. Without a loop the last frame is held after the end.
Tensor unroll_loop(const Tensor& sound, const LoopRange& loop, double decay, double seconds);

} // namespace timbrel::models
