// SPDX-License-Identifier: GPL-3.0-or-later
// Whether corners hold: the level of a key that is held for much longer than a bank's note lasts.
// Threads: control; uses all cores.
#pragma once

#include "models/audio/sources/source.h"
#include "models/tensor/tensors.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timbrel::models {

// A sound that can be held. `open` may be called from several threads at once.
struct HeldCase {
    std::string name, spec;
    std::function<std::unique_ptr<audio::Source>()> open;
};

// Instruments of the split that may hold: strings, voices, organs, winds and synthesisers, evenly chosen of them.
// Throws std::runtime_error with one line that names the missing package.
std::vector<HeldCase> held_cases(Split split);

// The level of a sound [2, frames] at 48 kHz that is held for 11 s, from 2 s on, as long as it is audible: "fall" in dB
// per second of the straight line through it, "movement" in dB, by which it leaves that line: the middle nine tenths.
// Null where less than 1 s is audible.
nlohmann::json level_of_held(const Tensor& sound);

// The notes C2, C3, C4 and C5 of a source, each with "name", "key", and level_of_held() of what the source plays
// ("original") and of the corner's cell as a voice plays it ("corner"). Silent notes are left out. Throws AudioError.
std::vector<nlohmann::json> evaluate_held_case(const HeldCase& held, torch::Device device);

// A list "notes" of these for held_cases(), and of the notes that are "steady", whose original falls or rises by 0.3 dB
// per second at most, and that are "falling", by more than 1: their number "notes", how many corners fall by more than
// 0.3 and by more than 1 dB per second ("over_0.3", "over_1"), "movement": by how much corners move more than their
// originals, and "error": by how much they fall more or less, each with mean, least and most.
nlohmann::json evaluate_held_notes(Split split, torch::Device device);

// Prints the result as tables to standard output.
void print_held_notes(const nlohmann::json& held);

} // namespace timbrel::models
