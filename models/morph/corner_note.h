// SPDX-License-Identifier: GPL-3.0-or-later
// Turns a recording into a corner of a plane.
// Threads: any that may allocate; pure but for `corner`.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// x [2, frames at 48 kHz], pitched near `recorded` Hz, as a note at f0 Hz: its spectrum; its residual, at most `hops`
// hops long, where f0 is within a quarter tone of its pitch; and the vibrato in the first `hops` hops, during which the
// key must be held. The caller sets the release.
CornerNote make_corner_note(const Tensor& x, double recorded, double f0, int64_t hops, torch::Device device);

// Multiplies all amplitudes by `gain`.
void apply_gain(CornerNote& corner, double gain);

} // namespace timbrel::models
