// SPDX-License-Identifier: GPL-3.0-or-later
// Listens to the corners for longer than a bank's note lasts, before they are analysed: whether they die away, and how
// long the loop must be so that they do not seem to repeat themselves.
// Threads: control; uses all cores.
#pragma once

#include "models/audio/sources/source.h"
#include "models/morph/loop_choice.h"
#include "models/spectral/movement.h"

#include <memory>
#include <optional>
#include <vector>

namespace timbrel::models {

struct PlaneRecipe;

struct HeldNotes {
    std::vector<NoteLength> lengths;                       // of each pitch
    std::vector<std::vector<std::optional<double>>> decay; // [corner][pitch], dB per second; none: silent by then
};

// Holds the hardest notes of all corners. `recipe` has its pitches. Where it gives no length, that of each pitch is
// chosen. Throws AudioError.
HeldNotes listen_to_held_notes(const PlaneRecipe& recipe, const std::vector<std::unique_ptr<audio::Source>>& sources);

// The length of a note that starts as all do and then loops so that none of these movements, from the earliest start of
// the loop on, seems to repeat: 0.9 s where there is little movement or it repeats itself as soon, else up to 8 s; as
// near as may be to a whole number of periods.
NoteLength chosen_length(const std::vector<Movement>& corners);

} // namespace timbrel::models
