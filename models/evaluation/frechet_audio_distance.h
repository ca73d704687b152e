// SPDX-License-Identifier: GPL-3.0-or-later
// frechet_audio_distance: whether notes interpolated between instruments are distributed like notes of instruments.
// Thread: control; uses all cores and sets libTorch's random seed.
#pragma once

#include "models/network/note_model.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

namespace timbrel::models {

// The squared Fréchet distance (spaces/frechet.h) between notes of the split's presets, or midpoints of pairs of them,
// and notes of training presets, in % of the latter's variance; smaller is better. Two feature spaces (spaces/
// feature_space.h): "descriptor", of timbre descriptors, and "learned", of embeddings of a preset classifier that is
// trained first; distances in the latter are means over three classifiers with different seeds. Rows of each:
//   others   14 more training presets: the distance between samples of the reference itself
//   real     held-out presets
//   corner   the same as rendered for a bank: the floor of every rendering
//   layer    the recordings of two held-out presets, added
//   network_amounts  list: midpoints as rendered for a bank, for each "network_amount"; 0 is without the network
// Each row has "mean" and "standard_deviation" over paired draws, each of 14 of the "pairs" and 50 of the
// "training_presets", and the fractions of draws in which its distance is smaller than that of "layer" and that of
// network amount 0 ("dB"). "accuracy" of the classifiers on training presets at pitches that they were not trained on.
// Presets that fail or are silent at one of the evaluated pitches are left out.
nlohmann::json evaluate_frechet_audio_distance(const NoteModelPtr& network, Split split, torch::Device device);

} // namespace timbrel::models
