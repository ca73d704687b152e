// SPDX-License-Identifier: GPL-3.0-or-later
// Sources whose pitch moves.
// Threads: control, worker; one thread at a time for each audio source.
#pragma once

#include "models/audio/sources/source.h"
#include "models/training/corpus.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace timbrel::models {

struct PitchCase {
    std::string name;
    bool synthetic;
    std::function<std::unique_ptr<audio::Source>()> open;
    std::vector<int> keys; // MIDI notes
};

// Tones whose pitch scoops, drifts, vibrates, trembles and does all of it, and instruments of the split, evenly chosen.
// Throws std::runtime_error with one line that names the missing package.
std::vector<PitchCase> pitch_cases(Split split);

} // namespace timbrel::models
