// From four sounds to a bank.
#pragma once

#include "models/morph/plane_sources.h"
#include "models/network/autoencoder.h"

namespace timbrel::models {

// A part of a bank's pitches, so that several machines share the work: every `of`th, from the `part`th on. Each shard
// is a bank by itself; `timbrel merge` puts them together.
struct Shard {
    int part = 1, of = 1;
};

// Listens, encodes, decodes every cell of every note and writes the bank; shows progress on a terminal. The same
// recipe, model and device write the same bytes, also when they are merged from shards. Throws std::exception with one
// line; leaves no half file. With `adapt_minutes` the network is first adapted to the corners (adapt.h), and the bank's
// metadata tell in how many steps: "adapted".
void bake(const PlaneRecipe& recipe, const Shard& shard, torch::Device device, const std::string& output,
          double adapt_minutes = 0);

// The network of a recipe.
Autoencoder open_network(const std::string& model, torch::Device device);

} // namespace timbrel::models
