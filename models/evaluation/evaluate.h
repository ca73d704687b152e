// SPDX-License-Identifier: GPL-3.0-or-later
// Evaluation of a baked bank and of the trained network. The measures are defined in
// models/audio/analysis/spectral_distance.h and docs/evaluation.md.
// Thread: control; uses all cores.
#pragma once

#include "models/network/note_model.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace timbrel::models {

// Compares a bank with its sources, which must still be at the paths in its metadata:
//   corners     each corner cell as a voice plays it against its recording: ELSD, attack ELSD, and their floor (two
//               renderings of the same parameters with different phases and noise)
//   grid_error  ELSD′ between the crossfade of four cells and the rendering of their centre: mean and worst
//   seams       spectral flux at the loop seams relative to the flux elsewhere: mean and worst; detuning by the loop in
//               cents
//   steps       ELSD′ between neighbouring cells of a row or column: median and largest; missing if all are silent
//   between     see layer_distance.h
// Throws std::exception with one line.
nlohmann::json evaluate_bank(const std::string& path, torch::Device device);

// Draws for each corner of a bank its recording, its cell and the plane's centre side by side, at the pitch closest to
// middle C and the highest velocity. Throws std::exception with one line.
void plot_bank(const std::string& path, const std::string& picture, torch::Device device);

// Reconstruction of the split's instruments by the autoencoder, without corner residual: mean ELSD and attack ELSD of
// each family, of each source, of all notes, and "families_mean", in which families have equal weight; for the network,
// for the features without the network, for analysis and synthesis alone, and the floor. Renders `notes` notes of each
// instrument. Instruments that are silent or unpitched are listed in "left_out".
nlohmann::json evaluate_reconstruction(const NoteModelPtr& network, Split split, int notes, torch::Device device);

} // namespace timbrel::models
