// SPDX-License-Identifier: GPL-3.0-or-later
// Encodes and decodes sound at 48 kHz with a model of a TorchScript file, whatever its rate, channels, delay and length
// of block. Thread: any that may allocate; calls from several threads follow one another. Every function throws Error
// with one line that names the file.
#pragma once

#include "models/torchscript/model_process.h"

namespace timbrel::models {

class SoundCodec {
  public:
    // Loads the model and measures its delay. Thread: control.
    explicit SoundCodec(const std::string& file);

    const std::string& file() const { return process_.file(); }
    LatentKind latent_kind() const { return process_.shape().kind; }
    double rate() const { return rate_; } // Hz, of the model; 48000 where it does not say
    bool rate_known() const { return rate_known_; }
    int64_t delay() const {
        return delay_;
    } // samples at rate() from a sound to its decoding: 0, or a frame of latents or more

    // Sound [2, samples] → latents [rows, frames], of which weighted means are latents of the sounds between: of
    // spherical ones the coordinates. Discrete ones have no such means.
    Tensor encode(const Tensor& sound);
    // Latents → sound [2, samples], without the model's delay. A model of one channel fills both.
    Tensor decode(const Tensor& latents, int64_t samples);

    // The sizes of the latents of so many samples.
    int64_t latent_rows() const;
    int64_t latent_frames(int64_t samples) const;

    // Sound [2, samples] encoded and decoded: both channels at once, or one after the other where the model has one.
    Tensor pass(const Tensor& sound);

  private:
    int64_t measure_delay();
    int64_t model_samples(int64_t samples) const;

    ModelProcess process_;
    bool rate_known_;
    double rate_;
    int64_t delay_ = 0;
};

} // namespace timbrel::models
