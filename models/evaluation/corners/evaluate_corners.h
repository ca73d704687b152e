// SPDX-License-Identifier: GPL-3.0-or-later
// Corners at keys that were recorded and at keys between them.
// Thread: control; uses all cores.
#pragma once

#include "models/evaluation/corners/corner_cases.h"
#include "models/tensor/tensors.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// Distances from what the source itself plays at the key, each with "elsd" and "attack_elsd" in dB over two seconds of
// a held key, means over the keys, of
//   on             corner cells at recorded keys
//   between        corner cells at keys between them
//   transposed     the recordings of which these are made, after transposition (transposition.h)
//   true_envelope  the nearest recording, resampled and filtered to the spectral envelope that the source itself has at
//                  the key: what better knowledge of the envelope could gain
//   resynthesised  cells made from the spectrum of the nearest recording alone, as cells that are farther away are
//   resampled      the nearest recording itself, resampled as a sampler does
// and "rise", the ELSD between less that on recorded keys, "name" and "group". Null where a note is silent. Throws
// AudioError.
nlohmann::json evaluate_corner_case(const CornerCase& corner, torch::Device device);

// A list "corners" of these for corner_cases(), and their means in "groups" and "all", with the number of "corners" and
// of those that rise by 1 dB at most; and the same of "steady" ones, whose resampled recordings are within 2 dB. A
// "corner" that cannot be evaluated is in "left_out" with "why".
nlohmann::json evaluate_corners(Split split, torch::Device device);

// Prints the result as tables to standard output.
void print_corners(const nlohmann::json& corners);

} // namespace timbrel::models
