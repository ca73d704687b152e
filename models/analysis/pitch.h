// Finding and removing the movement of a note's pitch. CPU tensors, mono [frames] or stereo [2, frames] at 48 kHz.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// The fundamental nearest to `nominal` Hz (within ±70 cents), by the summed magnitudes of up to twelve harmonics.
double refine_f0(const Tensor& mono, double nominal);

// How the low harmonics move about their places at f0, each by itself: what comes from the player moves them all alike.
struct HarmonicMovement {
    double f0 = 0;     // Hz
    double window = 0; // seconds of the Hann window through which it is seen
    Tensor deviation;  // [frames - 1, harmonics], Hz from f0, in the fundamental's terms, from each hop to the next
    Tensor weight;     // likewise: how loud it is there, and so how far to be trusted
};
HarmonicMovement movement_of(const Tensor& mono, double f0, int64_t frames);

// Fundamental in Hz for each of those hops, from the loudest harmonics; constant where nothing reliable is heard, and
// never more than 5 % from f0.
std::vector<double> track_f0(const HarmonicMovement& movement);

// For every audio frame the time (in frames) at which it comes once the pitch is held at f0.
std::vector<double> flat_time(const std::vector<double>& track, double f0, int64_t frames);

// The sound with its pitch held at f0, and the way back.
Tensor flattened(const Tensor& x, const std::vector<double>& flat);
Tensor unflattened(const Tensor& x, const std::vector<double>& flat);

} // namespace timbrel::models
