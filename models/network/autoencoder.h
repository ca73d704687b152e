// SPDX-License-Identifier: GPL-3.0-or-later
// The autoencoder of note features: 32 latent numbers per frame and 64 per note, conditioned on pitch and velocity.
// Threads: any that may allocate, one at a time for each module.
#pragma once

#include "models/network/note_features.h"

namespace timbrel::models {

// 32 numbers per frame instead of 16 lowered the deviation of held-out notes from 3.77 to 3.68 dB in a trial of three
// minutes (docs/experiments.md).
inline constexpr int frame_latent_size = 32, note_latent_size = 64;
inline constexpr int latent_size = frame_latent_size + note_latent_size;

// Conditioning of each note of a batch from pitch f0 [batch] in Hz and velocity [batch], 1–127: [batch, 8].
Tensor make_conditioning(const Tensor& f0, const Tensor& velocity);

// x + conv₁ₓ₁(gelu(conv₃(gelu(x)))), the middle convolution dilated.
struct ResidualBlockImpl : torch::nn::Module {
    ResidualBlockImpl(int channels, int dilation);
    Tensor forward(const Tensor& x);
    torch::nn::Conv1d wide{nullptr}, narrow{nullptr};
};
TORCH_MODULE(ResidualBlock);

// A convolution to `channels`, residual blocks with dilations 1, 2, 4 …, a convolution to `outputs`.
struct StackImpl : torch::nn::Module {
    StackImpl(int inputs, int channels, int blocks, int outputs);
    Tensor forward(const Tensor& x);
    torch::nn::Conv1d in{nullptr}, out{nullptr};
    torch::nn::ModuleList blocks;
};
TORCH_MODULE(Stack);

// x [batch, feature_count, frames] in network units (note_features.h), mask [batch, feature_count], c [batch, 8] from
// make_conditioning. The latent [batch, latent_size, frames] holds the frame latent, then the note latent, equal in all
// frames.
//
// The note latent holds what does not change within a note (body, playing technique), so that the frame latent is left
// for what moves. It is a mean over frames with weights that the encoder computes (attention pooling).
struct AutoencoderImpl : torch::nn::Module {
    AutoencoderImpl();
    // Every `excerpts` consecutive rows are parts of one note and share its note latent.
    Tensor encode(const Tensor& x, const Tensor& mask, const Tensor& c, int64_t excerpts = 1);
    Tensor decode(const Tensor& latent, const Tensor& c);
    Stack encoder{nullptr}, decoder{nullptr};
};
TORCH_MODULE(Autoencoder);

// The latent with Gaussian noise of this standard deviation, for training the decoder on a smooth latent space: drawn
// for each frame in the frame latent, once in the note latent.
Tensor add_latent_noise(const Tensor& latent, double deviation);

// Estimates from decoded features which fraction of a second note was mixed in: [batch], 0 to ½. For training only
// (adversarially constrained autoencoder interpolation: Berthelot et al. 2018, arXiv 1807.07543).
struct CriticImpl : torch::nn::Module {
    CriticImpl();
    Tensor forward(const Tensor& x, const Tensor& mask, const Tensor& c);
    Stack stack{nullptr};
};
TORCH_MODULE(Critic);

} // namespace timbrel::models
