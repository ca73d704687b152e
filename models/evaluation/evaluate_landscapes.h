// SPDX-License-Identifier: GPL-3.0-or-later
// How alike neighbours are on maps of held-out presets.
// Thread: control; uses all cores.
#pragma once

#include "models/network/note_model.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// Maps of 6 x 4 of the split's presets of TimGM6mb, a font that training does not use: one of those that spread_over()
// chooses, and ten of presets drawn at random. For both, "embedding" (distances of note_embedding()) and "elsd" (ELSD′
// between the recordings at equal level, in dB, which the placement does not know): the mean distance of neighbours as
// placed ("map"), placed by principal components ("components") and at random ("random", mean of 1000), over all maps,
// and the smallest and largest quotient of the first and the last ("least", "most").
nlohmann::json evaluate_landscapes(const NoteModelPtr& network, Split split, torch::Device device);

// Prints the result as a table to standard output.
void print_landscapes(const nlohmann::json& landscapes);

} // namespace timbrel::models
