// Weights on disk as safetensors, which any tool opens: u64 length of a JSON header, the header, then the tensors.
#pragma once

#include "models/network/autoencoder.h"

#include <map>
#include <string>

namespace timbrel::models {

using Metadata = std::map<std::string, std::string>; // becomes the file's __metadata__

// Writes the module's parameters in half precision (F16); beside, then renamed. Throws std::runtime_error.
void save_weights(const std::string& path, const torch::nn::Module& module, const Metadata& metadata);

// Fills the module from F16 or F32. Throws std::runtime_error, naming the file, when it is damaged or made for another
// network.
Metadata load_weights(const std::string& path, torch::nn::Module& module);

// The file of a model named on the command line: a path, or a name looked for among the installed weights.
std::string find_model(const std::string& name_or_path);

// XXH3-64 of a file in hexadecimal, for provenance.
std::string file_hash(const std::string& path);

} // namespace timbrel::models
