// SPDX-License-Identifier: GPL-3.0-or-later
// The autoencoder of note features: 64 latent numbers per frame, conditioned on pitch and velocity. Every frame is
// encoded and decoded by itself; what a note does over time is the path of its latent.
// Threads: any that may allocate, one at a time for each module.
#pragma once

#include "models/network/note_features.h"

namespace timbrel::models {

inline constexpr int latent_size = 64;

// Conditioning of each note of a batch from pitch f0 [batch] in Hz and velocity [batch], 1–127: [batch, 8].
Tensor make_conditioning(const Tensor& f0, const Tensor& velocity);

// x + linear(gelu(linear(gelu(x)))).
struct ResidualBlockImpl : torch::nn::Module {
    explicit ResidualBlockImpl(int channels);
    Tensor forward(const Tensor& x);
    torch::nn::Linear first{nullptr}, second{nullptr};
};
TORCH_MODULE(ResidualBlock);

// A linear layer to `channels`, residual blocks, a linear layer to `outputs`: [rows, inputs, frames] → [rows, outputs,
// frames], each frame by itself.
struct StackImpl : torch::nn::Module {
    StackImpl(int inputs, int channels, int blocks, int outputs);
    Tensor forward(const Tensor& x);
    torch::nn::Linear in{nullptr}, out{nullptr};
    torch::nn::ModuleList blocks;
};
TORCH_MODULE(Stack);

// What moves between two notes. A mean of latents cannot tell what belongs to the notes alike from what differs between
// them, so this network sees the mean of their features and their difference. Every frame is decoded by itself.
struct PairDecoderImpl : torch::nn::Module {
    PairDecoderImpl();

    // Levels in network units [rows, feature_count, frames] to add to the levels between the notes a and b [rows,
    // feature_count, frames] at `position` [rows], 0 (a) to 1 (b), divided by 4 · position · (1 − position): so nothing
    // is added at the ends. c [rows, 8]: conditions that both have.
    Tensor forward(const Tensor& a, const Tensor& b, const Tensor& mask, const Tensor& position, const Tensor& c);
    Stack stack{nullptr};
};
TORCH_MODULE(PairDecoder);

// x [batch, feature_count, frames] in network units (note_features.h), mask [batch, feature_count], c [batch, 8] from
// make_conditioning; latent [batch, latent_size, frames].
struct AutoencoderImpl : torch::nn::Module {
    AutoencoderImpl();
    Tensor encode(const Tensor& x, const Tensor& mask, const Tensor& c);
    Tensor decode(const Tensor& latent, const Tensor& c);
    Stack encoder{nullptr}, decoder{nullptr};
    PairDecoder pairs{nullptr};
};
TORCH_MODULE(Autoencoder);

// The latent with Gaussian noise of this standard deviation, for training the decoder on a smooth latent space.
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
