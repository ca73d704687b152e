// SPDX-License-Identifier: GPL-3.0-or-later
// Common names for libTorch, the choice of a device, and the constants of the frame grid.
// Threads: any that may allocate; pure, except choose_device (control).
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace timbrel::models {

using torch::Tensor;
using torch::indexing::None;
using torch::indexing::Slice;

inline constexpr int model_rate = 48000;                              // Hz, the sample rate of all audio in models/
inline constexpr int hop = 256;                                       // audio frames per parameter frame
inline constexpr double frames_per_second = double(model_rate) / hop; // of parameters
inline constexpr int noise_bands = 96;
inline constexpr int subharmonic_slots = 16;   // partials at multiples of ½ or ¼ of the fundamental
inline constexpr int max_harmonic_slots = 320; // partials near multiples of the fundamental

// `name` is "cpu", "cuda" or "auto" (the CPU, as long as results on a graphics card are not tested). Throws
// std::runtime_error for another name or a missing device.
torch::Device choose_device(const std::string& name);

// Float tensors [v.size()] on the CPU; copies.
inline Tensor to_tensor(const std::vector<float>& v) {
    return torch::from_blob(const_cast<float*>(v.data()), {int64_t(v.size())}, torch::kFloat).clone();
}
inline Tensor to_tensor(const std::vector<double>& v) {
    return torch::from_blob(const_cast<double*>(v.data()), {int64_t(v.size())}, torch::kDouble).to(torch::kFloat);
}

} // namespace timbrel::models
