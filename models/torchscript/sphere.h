// SPDX-License-Identifier: GPL-3.0-or-later
// Points on a sphere, by their angles and by their coordinates. RAVE's spherical models encode to angles. A mean of
// angles jumps where an angle wraps around, and depends on the poles; the direction of a mean of coordinates lies on
// the shortest arc between two points. Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// Angles [n, frames] from −1 to 1, of which the first n − 1 span 0 to π and the last one 0 to 2 π → coordinates
// [n + 1, frames] of length 1.
Tensor angles_to_point(const Tensor& angles);

// The inverse, for coordinates of any length but 0, of which the direction counts.
Tensor point_to_angles(const Tensor& point);

} // namespace timbrel::models
