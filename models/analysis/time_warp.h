// Reading a sound along a bent time axis.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// x [channels, frames] at fractional positions (in frames, any order), by a 32-point Kaiser-windowed sinc; silence
// beyond the ends. CPU tensors.
Tensor read_at(const Tensor& x, const std::vector<double>& positions);

} // namespace timbrel::models
