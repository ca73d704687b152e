// SPDX-License-Identifier: GPL-3.0-or-later
// Triples as sound files and pictures.
// Thread: control; uses all cores.
#pragma once

#include "models/evaluation/truth/evaluate_truth.h"

#include <string>
#include <vector>

namespace timbrel::models {

// Five of `triples` that training does not use: two bodies, two held-out families of knobs, one preset at velocities.
// Records them, to leave out those that record_triple refuses. Throws Error where their packages are not installed.
std::vector<TruthTriple> demonstration_triples(const std::vector<TruthTriple>& triples);

// Writes for each triple, half way, into `folder`, which is created: FAMILY-a.wav, FAMILY-mean-in-db.wav,
// FAMILY-network.wav, FAMILY-truth.wav and FAMILY-b.wav, in which spaces of the family's name become hyphens, and
// FAMILY-between.png with rainbowgrams of the five. One gain for all five brings their peak to −1 dB. Throws Error.
void write_truth_sounds(const NoteModelPtr& network, const std::vector<TruthTriple>& triples, const std::string& folder,
                        torch::Device device);

} // namespace timbrel::models
