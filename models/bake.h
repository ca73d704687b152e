// From four sounds to a bank.
#pragma once

#include "models/network.h"
#include "models/plane_sources.h"

namespace timbrel {

// Listens, encodes, decodes every cell of every note and writes the bank; shows progress on a terminal. The same
// recipe, model and device write the same bytes. Throws std::exception with one line; leaves no half file.
void bake(const PlaneRecipe& recipe, torch::Device device, const std::string& output);

// The network of a recipe.
Autoencoder open_network(const std::string& model, torch::Device device);

} // namespace timbrel
