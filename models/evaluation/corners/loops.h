// SPDX-License-Identifier: GPL-3.0-or-later
// Whether long notes live: how much a held key repeats itself and pumps at the rate of its loop, with notes of 2 s and
// with notes whose length is chosen.
// Threads: control; uses all cores.
#pragma once

#include "models/evaluation/corners/held_notes.h"

namespace timbrel::models {

// Peak to peak in dB of what comes back every `loop` seconds in the level of the partial at `hz`, in a sound [2,
// frames] at 48 kHz, from 2 s on, as long as it is audible: the level, less its mean over a loop (less its straight
// line, where there are less than three), averaged over the loop's turns. 0 where nothing is audible.
double pumping(const Tensor& sound, double hz, double loop);

// Keys of a source held for 11 s, each with "name", "key", and for notes of 2 s ("before") and of chosen length
// ("after"): "seconds" of the note, "loop" in seconds, "similarity" at the loop's lag (Movement) and "own", the
// original's greatest; "pumping" and "own_pumping" of the original at the same rate; "movement" less that of the
// original (level_of_held); "seam" (measure_loop_seam). Silent notes are left out. Throws AudioError.
std::vector<nlohmann::json> evaluate_loops_of(const HeldCase& held, torch::Device device);

// A list "notes" of these for held_cases() and moving_cases(), and for "before" and "after": "seconds" of a note,
// "similarity" and "pumping" in excess of the originals', "movement" and "seam", each with mean, least and most, and
// the numbers of notes that exceed by more than 0.2 ("alike") and by more than 1 dB ("pump").
nlohmann::json evaluate_loops(Split split, torch::Device device);

// Prints the result as tables to standard output.
void print_loops(const nlohmann::json& loops);

} // namespace timbrel::models
