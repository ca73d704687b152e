// The autoencoder: a note's features to 32 numbers for each frame and 64 for the note as a whole, and back, knowing
// pitch and velocity.
#pragma once

#include "models/network/note_features.h"

namespace timbrel::models {

inline constexpr int moment_size = 32, whole_size = 64;
inline constexpr int latent_size = moment_size + whole_size;

// Pitch (Hz) and velocity (1–127) of each note of a batch, as the 8 numbers the network is given: [batch, 8].
Tensor conditions(const Tensor& f0, const Tensor& velocity);

// x + conv₁ₓ₁(gelu(conv₃(gelu(x)))), the middle convolution dilated.
struct ResidualBlockImpl : torch::nn::Module {
    ResidualBlockImpl(int channels, int dilation);
    Tensor forward(const Tensor& x);
    torch::nn::Conv1d wide{nullptr}, narrow{nullptr};
};
TORCH_MODULE(ResidualBlock);

// Convolution to `width` channels, residual blocks with dilations 1, 2, 4 …, convolution to `outputs`.
struct StackImpl : torch::nn::Module {
    StackImpl(int inputs, int width, int blocks, int outputs);
    Tensor forward(const Tensor& x);
    torch::nn::Conv1d in{nullptr}, out{nullptr};
    torch::nn::ModuleList blocks;
};
TORCH_MODULE(Stack);

// Features arrive and leave in network units (note_features.h). x [batch, 256, frames], mask [batch, 256], c [batch,
// 8], embedding [batch, latent_size, frames]: first what changes with the frame, then the whole, the same in each
// frame.
//
// What an instrument always is (its body, how it is played) is said once, so that the frames' few numbers are left to
// what moves. The encoder itself weighs which frames tell of the whole.
struct AutoencoderImpl : torch::nn::Module {
    AutoencoderImpl();
    // Every `excerpts` rows in succession are parts of one note and share its whole.
    Tensor encode(const Tensor& x, const Tensor& mask, const Tensor& c, int64_t excerpts = 1);
    Tensor decode(const Tensor& embedding, const Tensor& c);
    Stack encoder{nullptr}, decoder{nullptr};
};
TORCH_MODULE(Autoencoder);

// An embedding as decoders learn from it, with normal noise of this deviation, so that the space is smooth: new in each
// frame, but for the whole.
inline constexpr double latent_noise = .1;
Tensor blurred(const Tensor& embedding, double deviation = latent_noise);

// Guesses from decoded features how much of a second note was mixed in: [batch], 0 to ½. Only training needs it
// (adversarially constrained interpolation: Berthelot et al. 2018, arXiv 1807.07543).
struct CriticImpl : torch::nn::Module {
    CriticImpl();
    Tensor forward(const Tensor& x, const Tensor& mask, const Tensor& c);
    Stack stack{nullptr};
};
TORCH_MODULE(Critic);

} // namespace timbrel::models
