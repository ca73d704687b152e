// SPDX-License-Identifier: GPL-3.0-or-later
// Network weights as safetensors files: a 64-bit length, a JSON header of that length, the tensors.
// Thread: control.
#pragma once

#include "models/network/autoencoder.h"
#include "models/network/tensor_file.h"

#include <string>

namespace timbrel::models {

// Writes the module's parameters in half precision (F16), to a temporary file that is then renamed. Throws
// std::runtime_error.
void save_weights(const std::string& path, const torch::nn::Module& module, const Metadata& metadata);

// Sets the module's parameters from F16 or F32. Throws std::runtime_error that names the file if it is damaged or made
// for another network; the module may then be partly changed.
Metadata load_weights(const std::string& path, torch::nn::Module& module);

// The weights file of a model: `name_or_path` itself if it is a path, else a name among the installed weights. Throws
// std::runtime_error if there is none.
std::string find_model(const std::string& name_or_path);

} // namespace timbrel::models
