// SPDX-License-Identifier: GPL-3.0-or-later
// Corners of bells, gongs, bars and drums.
// Threads: control; uses all cores.
#pragma once

#include "models/audio/sources/source.h"
#include "models/tensor/tensors.h"
#include "models/training/corpus.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <vector>

namespace timbrel::models {

// How much higher the floor between partials is in `sound` than in `original`, both [2, frames] at 48 kHz, in dB: the
// mean over bands of the level that a fifth of the bins stays below, from 0.3 to 1.3 s.
double floor_rise(const Tensor& original, const Tensor& sound);

// For two keys of a source "name", "key", the "elsd" and "attack_elsd" in dB of the corner's cell from what the source
// plays, over two seconds of a held key, and floor_rise() ("floor"). A silent note has none.
std::vector<nlohmann::json> evaluate_inharmonic_source(std::unique_ptr<audio::Source> source, torch::Device device);

// A list "notes" of these for presets of the split and synthesised hits (struck_sounds.h); and of each distance mean,
// least and most. Sources that cannot be opened are "left_out".
nlohmann::json evaluate_inharmonic(Split split, torch::Device device);

// Prints the result as a table to standard output.
void print_inharmonic(const nlohmann::json& inharmonic);

} // namespace timbrel::models
