// SPDX-License-Identifier: GPL-3.0-or-later
// Tracks a note's pitch and removes its movement. Tensors on the CPU: mono [frames] or [channels, frames] at 48 kHz.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// The fundamental in Hz within ±70 cents of `nominal` Hz with the largest summed magnitude of up to twelve harmonics.
double refine_f0(const Tensor& mono, double nominal);

// Deviation of each low harmonic from its frequency at f0. A player's vibrato moves all of them alike.
struct HarmonicDeviation {
    double f0 = 0;     // Hz
    double window = 0; // seconds, length of the Hann window
    Tensor deviation;  // [frames - 1, harmonics] Hz, divided by the harmonic's number; row t is from hop t to hop t + 1
    Tensor weight;     // [frames - 1, harmonics] power there times the harmonic's number
};
// Of so many harmonics at most, where they are below 7 kHz.
HarmonicDeviation track_harmonics(const Tensor& mono, double f0, int64_t frames, int most_harmonics = 7);

// Whether the weighted mean of the harmonics can be relied on, for each row.
std::vector<bool> reliable_rows(const HarmonicDeviation& harmonics);

// Fundamental in Hz at each frame, from the weighted mean of the harmonics; interpolated where nothing is reliable;
// within 5 % of f0.
std::vector<double> track_f0(const HarmonicDeviation& harmonics);

// For each of `frames` audio frames, its time (in frames) once the pitch is held at f0.
std::vector<double> constant_pitch_times(const std::vector<double>& track, double f0, int64_t frames);

// The sound x [channels, frames] resampled to constant pitch, by the times of its frames.
Tensor flatten_pitch(const Tensor& x, const std::vector<double>& times);
// The inverse: a sound at constant pitch with the pitch movement of the recording.
Tensor restore_pitch(const Tensor& x, const std::vector<double>& times);

} // namespace timbrel::models
