// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/autoencoder.h"

#include <numbers>

namespace timbrel::models {
namespace {

constexpr int width = 384; // channels
constexpr int encoder_blocks = 2, difference_blocks = 1, decoder_blocks = 3, critic_blocks = 1;
constexpr int difference_size = 256; // numbers by which the decoder sees how the notes of a mixture differ
constexpr int condition_count = 8;
constexpr double latent_scale = .5; // of the encoder's output
constexpr double gate_offset = 2;   // before training the decoder takes an eighth of layering

Tensor repeat_over_time(const Tensor& v, int64_t frames) { return v.unsqueeze(2).expand({-1, -1, frames}); }

Tensor masked_input(const Tensor& x, const Tensor& mask, const Tensor& c) {
    const auto audible = torch::relu(x) * mask.unsqueeze(2);
    return torch::cat({audible, repeat_over_time(mask, x.size(2)), repeat_over_time(c, x.size(2))}, 1);
}

// Gain of the weighted mean of amplitudes over the weighted mean in dB, in network units: [rows, feature_count,
// frames].
Tensor layering_gain(const Tensor& x, const Tensor& weights, const Tensor& mean) {
    constexpr double nepers = network_unit_db * std::numbers::ln10 / 20; // of a network unit
    return torch::logsumexp(x * nepers + weights.log(), 1) / nepers - mean;
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

ResidualBlockImpl::ResidualBlockImpl(int channels)
    : first(register_module("first", torch::nn::Linear(channels, channels))),
      second(register_module("second", torch::nn::Linear(channels, channels))) {}

Tensor ResidualBlockImpl::forward(const Tensor& x) { return x + second(torch::gelu(first(torch::gelu(x)))); }

StackImpl::StackImpl(int inputs, int channels, int count, int outputs)
    : in(register_module("in", torch::nn::Linear(inputs, channels))),
      out(register_module("out", torch::nn::Linear(channels, outputs))) {
    for (int i = 0; i < count; ++i) blocks->push_back(ResidualBlock(channels));
    register_module("blocks", blocks);
}

Tensor StackImpl::forward(const Tensor& x) {
    // Frames as rows of a matrix: libTorch multiplies a tensor of three dimensions by the weights row by row.
    auto y = in(x.transpose(1, 2).reshape({-1, x.size(1)}));
    for (const auto& block : *blocks) y = block->as<ResidualBlock>()->forward(y);
    return out(torch::gelu(y)).view({x.size(0), x.size(2), -1}).transpose(1, 2);
}

AutoencoderImpl::AutoencoderImpl()
    : encoder(
          register_module("encoder", Stack(2 * feature_count + condition_count, width, encoder_blocks, latent_size))),
      difference(register_module("difference",
                                 Stack(feature_count + condition_count, width, difference_blocks, difference_size))),
      decoder(register_module("decoder", Stack(latent_size + condition_count + difference_size + feature_count, width,
                                               decoder_blocks, 2 * feature_count))) {}

Tensor AutoencoderImpl::encode(const Tensor& x, const Tensor& mask, const Tensor& c) {
    return encoder(masked_input(x, mask, c)).to(torch::kFloat) * latent_scale;
}

Tensor AutoencoderImpl::decode(const Tensor& latent, const Tensor& c) {
    const auto frames = latent.size(2);
    const auto alike = torch::zeros({latent.size(0), difference_size + feature_count, frames}, latent.options());
    return decoder(torch::cat({latent, repeat_over_time(c, frames), alike}, 1)).slice(1, 0, feature_count);
}

DecodedMixture AutoencoderImpl::decode_mixture(const NoteMixture& m, const Tensor& c) {
    const auto rows = m.x.size(0), notes = m.x.size(1), frames = m.x.size(3);
    const auto weights = m.weights.view({rows, notes, 1, 1});
    const auto mean = (weights * m.x).sum(1);
    const auto gain = layering_gain(m.x, weights, mean);
    // Recordings hardly ever differ in their half slots alone, so nothing is learned from such differences.
    auto shown = m.mask.clone();
    shown.slice(1, noise_start + noise_bands) = 0;
    // The last note of each row is the mixture itself, which differs by nothing.
    const auto differences = torch::cat({m.x - mean.unsqueeze(1), torch::zeros_like(mean).unsqueeze(1)}, 1) *
                             shown.view({rows, 1, feature_count, 1});
    const auto seen = difference(torch::cat({differences.reshape({-1, feature_count, frames}),
                                             repeat_over_time(c.repeat_interleave(notes + 1, 0), frames)},
                                            1))
                          .to(torch::kFloat)
                          .view({rows, notes + 1, difference_size, frames});
    const auto differing = (weights * (seen.slice(1, 0, notes) - seen.slice(1, notes))).sum(1);
    const auto decoded = decoder(torch::cat({(weights * m.latent).sum(1), repeat_over_time(c, frames), differing,
                                             gain * shown.unsqueeze(2)},
                                            1))
                             .to(torch::kFloat);
    return {decoded.slice(1, 0, feature_count), gain * torch::sigmoid(decoded.slice(1, feature_count) - gate_offset)};
}

Tensor add_latent_noise(const Tensor& latent, double deviation) {
    return latent + deviation * torch::randn_like(latent);
}

CriticImpl::CriticImpl()
    : stack(register_module("stack", Stack(2 * feature_count + condition_count, width / 2, critic_blocks, 1))) {}

Tensor CriticImpl::forward(const Tensor& x, const Tensor& mask, const Tensor& c) {
    return stack(masked_input(x, mask, c)).mean({1, 2});
}

} // namespace timbrel::models
