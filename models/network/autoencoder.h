// SPDX-License-Identifier: GPL-3.0-or-later
// The autoencoder of note features: 64 latent numbers per frame, conditioned on pitch and velocity. Every frame is
// encoded and decoded by itself; what a note does over time is the path of its latent.
//
// Of a mixture of notes the decoder also sees how the notes differ, because a mean of latents alone cannot tell what
// moves between them from what they share. It sees a mean over the notes of a network's view of each difference from
// the mixture (a set function: Zaheer et al. 2017, arXiv 1703.06114), and by how much a mean of amplitudes is louder
// than a mean in dB. Both are 0 for a single note. Threads: any that may allocate, one at a time for each module.
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

// Notes mixed with weights. All in network units; each row is a mixture of its own.
struct NoteMixture {
    Tensor x;       // [rows, notes, feature_count, frames]
    Tensor latent;  // [rows, notes, latent_size, frames]
    Tensor mask;    // [rows, feature_count]
    Tensor weights; // [rows, notes]; each row sums to 1
};

struct DecodedMixture {
    Tensor levels;   // [rows, feature_count, frames], decoded from the mean latent
    Tensor layering; // likewise, to add: the part that the decoder takes of the gain of a mean of amplitudes over one
                     // in dB
};

// x [batch, feature_count, frames] in network units (note_features.h), mask [batch, feature_count], c [batch, 8] from
// make_conditioning; latent [batch, latent_size, frames].
struct AutoencoderImpl : torch::nn::Module {
    AutoencoderImpl();
    Tensor encode(const Tensor& x, const Tensor& mask, const Tensor& c);
    Tensor decode(const Tensor& latent, const Tensor& c);
    // c [rows, 8]. A mixture whose notes are alike, or of one note, is decoded as decode() does, without layering.
    DecodedMixture decode_mixture(const NoteMixture& mixture, const Tensor& c);
    Stack encoder{nullptr}, difference{nullptr}, decoder{nullptr};
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
