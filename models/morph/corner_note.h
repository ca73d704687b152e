// A recording as a corner of a plane.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// The note recorded in x [2, frames at 48 kHz], its pitch near `recorded` Hz, as a note at f0 Hz: its spectrum and,
// where that is nearly its own pitch, its residual, of `hops` hops at most; and its vibrato in these, for so long its
// key must be held. The release is the caller's to find.
CornerNote corner_of(const Tensor& x, double recorded, double f0, int64_t hops, torch::Device device);

void amplify(CornerNote& corner, double gain);

} // namespace timbrel::models
