// SPDX-License-Identifier: GPL-3.0-or-later
// Bakes the corners of a plane to a bank.
// Thread: control.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/autoencoder.h"
#include "models/network/note_model.h"

#include <functional>
#include <string>
#include <vector>

namespace timbrel::models {

// A part of a bank's pitches, so that several machines share the work: every `of`th pitch from the `part`th on (from
// 1). Each shard is a bank; `timbrel merge` joins them.
struct Shard {
    int part = 1, of = 1;
};

// Is called while bake() works; each function may be empty.
struct BakeObserver {
    // The rendered and all sound of a cell in hops, after each note; from several threads, one at a time.
    std::function<void(size_t done, size_t total)> on_note;
    // What was noticed about each corner's sound, once, after the analysis.
    std::function<void(const std::vector<std::vector<std::string>>& warnings)> on_warnings;
};

// Bytes of sound in the whole bank, which shards may share. Threads: any; pure.
double bank_bytes(const PlaneRecipe& recipe, const std::vector<NoteLength>& lengths);

// Opens the sources, chooses pitches and lengths where the recipe has none, prints the bank's size on standard error,
// records and analyses the sources, renders every cell of every note, writes the bank, and shows progress on a
// terminal. The same recipe, model and device write the same bytes, also when merged from shards. With
// `fine_tune_minutes` the network is first fine-tuned on the corners (fine_tune.h), and the bank's metadata
// "fine_tuned" has the number of steps. Throws std::exception with one line, and leaves no partial file.
void bake(const PlaneRecipe& recipe, const Shard& shard, torch::Device device, const std::string& output,
          double fine_tune_minutes = 0, const BakeObserver& observer = {});

// The network of a model (find_model) in evaluation mode, for fine-tuning.
Autoencoder load_network(const std::string& model, torch::Device device);
// The same as a plane takes it.
NoteModelPtr load_note_model(const std::string& model, torch::Device device);

} // namespace timbrel::models
