// The one place where the offline programs meet libTorch: names, the device, and constants of the frame grid.
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace timbrel::models {

using torch::Tensor;
using torch::indexing::None;
using torch::indexing::Slice;

inline constexpr int model_rate = 48000; // frames per second of everything inside models/
inline constexpr int hop = 256;          // audio frames per parameter frame
inline constexpr double frames_per_second = double(model_rate) / hop;
inline constexpr int noise_bands = 96;
inline constexpr int half_slots = 16; // of partials between the harmonics
inline constexpr int max_slots = 320;

// Where tensors live. `auto` takes CUDA when libTorch has it. Throws std::runtime_error for a device that is not there.
torch::Device choose_device(const std::string& name);

inline Tensor tensor_of(const std::vector<float>& v) {
    return torch::from_blob(const_cast<float*>(v.data()), {int64_t(v.size())}, torch::kFloat).clone();
}
inline Tensor tensor_of(const std::vector<double>& v) {
    return torch::from_blob(const_cast<double*>(v.data()), {int64_t(v.size())}, torch::kDouble).to(torch::kFloat);
}

} // namespace timbrel::models
