// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/autoencoder.h"

#include <numbers>

namespace timbrel::models {
namespace {

constexpr int width = 256; // channels
constexpr int condition_count = 8;
constexpr double latent_scale = .5; // of the encoder's output

torch::nn::Conv1d convolution(int inputs, int outputs, int kernel = 1, int dilation = 1) {
    return torch::nn::Conv1d(
        torch::nn::Conv1dOptions(inputs, outputs, kernel).dilation(dilation).padding(dilation * (kernel - 1) / 2));
}

Tensor repeat_over_time(const Tensor& v, int64_t frames) { return v.unsqueeze(2).expand({-1, -1, frames}); }

Tensor masked_input(const Tensor& x, const Tensor& mask, const Tensor& c) {
    const auto audible = torch::relu(x) * mask.unsqueeze(2);
    return torch::cat({audible, repeat_over_time(mask, x.size(2)), repeat_over_time(c, x.size(2))}, 1);
}

} // namespace

Tensor make_conditioning(const Tensor& f0, const Tensor& velocity) {
    const auto pitch = torch::log2(f0 / 261.6) / 2; // from C4, in two octaves
    std::vector<Tensor> c{pitch, (velocity - 86) / 26};
    for (double k : {1., 2., 4.}) {
        c.push_back(torch::sin(pitch * (k * std::numbers::pi)));
        c.push_back(torch::cos(pitch * (k * std::numbers::pi)));
    }
    return torch::stack(c, 1);
}

ResidualBlockImpl::ResidualBlockImpl(int channels, int dilation)
    : wide(register_module("wide", convolution(channels, channels, 3, dilation))),
      narrow(register_module("narrow", convolution(channels, channels))) {}

Tensor ResidualBlockImpl::forward(const Tensor& x) { return x + narrow(torch::gelu(wide(torch::gelu(x)))); }

StackImpl::StackImpl(int inputs, int channels, int count, int outputs)
    : in(register_module("in", convolution(inputs, channels))),
      out(register_module("out", convolution(channels, outputs))) {
    for (int i = 0; i < count; ++i) blocks->push_back(ResidualBlock(channels, 1 << i));
    register_module("blocks", blocks);
}

Tensor StackImpl::forward(const Tensor& x) {
    auto y = in(x);
    for (const auto& block : *blocks) y = block->as<ResidualBlock>()->forward(y);
    return out(torch::gelu(y));
}

AutoencoderImpl::AutoencoderImpl()
    : encoder(register_module("encoder", Stack(2 * feature_count + condition_count, width, 3, latent_size + 1))),
      decoder(register_module("decoder", Stack(latent_size + condition_count, width, 4, feature_count))) {}

Tensor AutoencoderImpl::encode(const Tensor& x, const Tensor& mask, const Tensor& c, int64_t excerpts) {
    const auto output = encoder(masked_input(x, mask, c)).to(torch::kFloat);
    const auto rows = x.size(0), frames = x.size(2);
    const auto by_note = [&](const Tensor& t) { // [notes, channels, frames of all excerpts]
        return t.view({rows / excerpts, excerpts, -1, frames}).transpose(1, 2).flatten(2);
    };
    const auto weight = torch::softmax(by_note(output.slice(1, latent_size)), 2);
    const auto note_latent = (by_note(output.slice(1, frame_latent_size, latent_size)) * weight).sum(2);
    return torch::cat({output.slice(1, 0, frame_latent_size),
                       repeat_over_time(note_latent.repeat_interleave(excerpts, 0), frames)},
                      1) *
           latent_scale;
}

Tensor AutoencoderImpl::decode(const Tensor& latent, const Tensor& c) {
    return decoder(torch::cat({latent, repeat_over_time(c, latent.size(2))}, 1));
}

Tensor add_latent_noise(const Tensor& latent, double deviation) {
    const auto frame_noise = torch::randn_like(latent.slice(1, 0, frame_latent_size));
    const auto note_noise = torch::randn_like(latent.slice(1, frame_latent_size).slice(2, 0, 1));
    return latent + deviation * torch::cat({frame_noise, repeat_over_time(note_noise.squeeze(2), latent.size(2))}, 1);
}

CriticImpl::CriticImpl()
    : stack(register_module("stack", Stack(2 * feature_count + condition_count, width / 2, 3, 1))) {}

Tensor CriticImpl::forward(const Tensor& x, const Tensor& mask, const Tensor& c) {
    return stack(masked_input(x, mask, c)).mean({1, 2});
}

} // namespace timbrel::models
