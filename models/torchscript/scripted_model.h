// SPDX-License-Identifier: GPL-3.0-or-later
// An autoencoder of sound in a TorchScript file, as nn~ plays it: RAVE, AFTER's audio models, vschaos2. Its methods
// `encode` and `decode` take and give tensors [batch, channels, samples / ratio]; the buffers `encode_params` and
// `decode_params` hold {in channels, in ratio, out channels, out ratio}.
// Thread: one for each process; model_process.h runs it in a process of its own, since a file may hold any program.
#pragma once

#include "models/tensor/tensors.h"

#include <torch/script.h>

#include <string>

namespace timbrel::models {

enum class LatentKind : int64_t {
    linear,    // weighted means are latents of the sounds between
    spherical, // angles in units of π from −1 to 1, of points on a sphere (sphere.h)
    discrete   // indices of a code book: there is nothing between them
};

struct ScriptedShape {
    int64_t in_channels = 1, out_channels = 1; // of the sound, 1 or 2
    int64_t numbers = 0;                       // of the latents
    int64_t ratio = 0;                         // samples for each frame of latents
    double rate = 0;                           // Hz; 0 where the model does not say
    LatentKind kind = LatentKind::linear;
};

class ScriptedModel {
  public:
    // `archive`: the bytes of the file. Throws Error with one line, without the file's name: no TorchScript, an
    // operator that this libTorch lacks, no method to encode or decode.
    explicit ScriptedModel(const std::string& archive);

    const ScriptedShape& shape() const { return shape_; }

    // Sound [in_channels, samples], samples a multiple of the ratio → latents [numbers, samples / ratio] → sound
    // [out_channels, samples]. Each
    // call starts from the state in which the file was loaded, with its caches zero and the generator of random numbers
    // at the same seed, so that equal inputs give equal outputs. Throws Error with one line.
    Tensor encode(const Tensor& sound) const;
    Tensor decode(const Tensor& latents) const;

  private:
    Tensor run(const char* method, const Tensor& input, const std::vector<int64_t>& sizes) const;

    torch::jit::Module module_; // as loaded, its caches zero
    ScriptedShape shape_;
    const char* encoder_ = "encode";
};

} // namespace timbrel::models
