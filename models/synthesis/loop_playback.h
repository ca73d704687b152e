// A rendered note as it is heard.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// `sound` [2, frames] (CPU, its loop flat) for `seconds` of a held key: the loop over and over, fading by `decay` dB
// per second from its start on. Past the end of a sound without a loop its last frame stays.
Tensor played(const Tensor& sound, const LoopPlace& loop, double decay, double seconds);

} // namespace timbrel::models
