// Finding and removing the movement of a note's pitch. CPU tensors, mono [frames] or stereo [2, frames] at 48 kHz.
#pragma once

#include "models/tensors.h"

namespace timbrel {

// The fundamental nearest to `nominal` Hz (within ±70 cents), by the summed magnitudes of up to twelve harmonics.
double refine_f0(const Tensor& mono, double nominal);

// Fundamental in Hz for each of `frames` hops, from the phase advance of the strongest low harmonics; constant where
// nothing reliable is heard, and never more than 5 % from f0.
std::vector<double> track_f0(const Tensor& mono, double f0, int64_t frames);

// For every audio frame the time (in frames) at which it comes once the pitch is held at f0.
std::vector<double> flat_time(const std::vector<double>& track, double f0, int64_t frames);

// The sound with its pitch held at f0, and the way back.
Tensor flattened(const Tensor& x, const std::vector<double>& flat);
Tensor unflattened(const Tensor& x, const std::vector<double>& flat);

} // namespace timbrel
