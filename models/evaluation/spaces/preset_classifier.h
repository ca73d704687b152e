// SPDX-License-Identifier: GPL-3.0-or-later
// A small convolutional network that classifies which preset a note was played by. Its embedding is a learned timbre
// space, as in the Fréchet audio distance (Kilgour et al., Interspeech 2019, arXiv 1812.08466).
// Threads: control, worker; one thread at a time for each instance.
#pragma once

#include "models/tensor/tensors.h"

#include <cstdint>

namespace timbrel::models {

// Four strided convolutions over time; then means over the first 0.1 s or so and over the rest, and the standard
// deviation; a linear layer to the embedding, and one to the logits. Input: spectrograms [notes, 64, 160] as in
// timbre_descriptor.h.
struct PresetClassifierImpl : torch::nn::Module {
    explicit PresetClassifierImpl(int64_t presets);
    Tensor embed(const Tensor& spectrograms);   // [notes, 48]
    Tensor forward(const Tensor& spectrograms); // logits [notes, presets]
    torch::nn::ModuleList convolutions;
    torch::nn::Dropout dropout{nullptr};
    torch::nn::Linear projection{nullptr}, logits{nullptr};
};
TORCH_MODULE(PresetClassifier);

// Trains a new classifier on the CPU. `preset` [notes]: the class of each spectrogram, 0 to presets − 1. Sets
// libTorch's random seed to `seed`, which determines the result.
PresetClassifier train_preset_classifier(const Tensor& spectrograms, const Tensor& preset, int64_t presets,
                                         uint64_t seed);

} // namespace timbrel::models
