// A small network that tells presets apart by pictures of their notes. What it makes of a note just before it decides
// is a space of timbre that nobody designed.
#pragma once

#include "models/tensor/tensors.h"

#include <cstdint>

namespace timbrel::models {

// Four strided convolutions over time; means over the first tenth of a second or so and over the rest, and the spread;
// then 48 numbers, and from these the verdict. Pictures [notes, 64, 160] as in descriptor.h.
struct RecogniserImpl : torch::nn::Module {
    explicit RecogniserImpl(int64_t presets);
    Tensor embed(const Tensor& pictures);   // [notes, 48]
    Tensor forward(const Tensor& pictures); // [notes, presets]
    torch::nn::ModuleList convolutions;
    torch::nn::Dropout dropout{nullptr};
    torch::nn::Linear narrow{nullptr}, verdict{nullptr};
};
TORCH_MODULE(Recogniser);

// Teaches a new one which preset (0 to presets − 1) each picture is of; another for every seed. CPU.
Recogniser taught(const Tensor& pictures, const Tensor& preset, int64_t presets, uint64_t seed);

} // namespace timbrel::models
