// SPDX-License-Identifier: GPL-3.0-or-later
// Whether the pitch of corners moves as that of their recordings.
// Threads: control; uses all cores.
#pragma once

#include "models/evaluation/corners/pitch_cases.h"
#include "models/tensor/tensors.h"

#include <nlohmann/json_fwd.hpp>

#include <vector>

namespace timbrel::models {

// How a sound [2, frames] at 48 kHz near f0 Hz moves in its first second.
struct PitchMotion {
    std::vector<double> cents;  // from f0 at each hop; not a number where nothing is reliable
    double depth = 0, rate = 0; // of its vibrato, cents and Hz; 0 for none
    // Of partials 1 to 8, radians: RMS of the phase less a straight line through 0.25 s around it; not a number where
    // the partial is 50 dB under the strongest.
    std::vector<double> jitter;
};
PitchMotion pitch_motion(const Tensor& sound, double f0);

// Of each of pitch_cases() the notes that play alike each time and whose pitch moves by 2 cents at least (standard
// deviation) or vibrates: a list "notes", each with "name", "key", "synthetic", and for the corner as a voice plays it,
// at constant pitch ("flat") and with its movement ("natural"), against the recording:
//   pitch_error     but for a constant one, in cents: "median", "worst", and "most", which 95 % are within
//   depth, rate     of the vibrato; and those of the "original"
//   jitter          geometric mean over the partials of its jitter relative to the recording's
//   partials, near  how many there are, and with a factor of jitter between a half and two
// and over the notes, in "synthesis" and "instruments": "within" 10 cents for 95 % of the second, "vibratos" and how
// many are within a tenth of depth and rate ("kept"). Sources that cannot be opened are "left_out".
nlohmann::json evaluate_pitch(Split split, torch::Device device);

// Prints the result as tables to standard output.
void print_pitch(const nlohmann::json& pitch);

} // namespace timbrel::models
