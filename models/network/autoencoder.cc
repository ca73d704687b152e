// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/network/autoencoder.h"

#include <numbers>

namespace timbrel::models {
namespace {

constexpr int width = 384; // channels
constexpr int encoder_blocks = 2, decoder_blocks = 3, critic_blocks = 1;
constexpr int condition_count = 8;
constexpr double latent_scale = .5; // of the encoder's output
constexpr int pair_width = 512, pair_blocks = 3;
constexpr int position_inputs = 2;
constexpr double pair_limit = .75; // network units: 30 dB
// Both inputs of the pair decoder have about the same variance, and what moves shows in the difference.
constexpr double mean_level = .8, mean_scale = .5, difference_scale = 3;

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

PairDecoderImpl::PairDecoderImpl()
    : stack(register_module("stack", Stack(2 * feature_count + condition_count + position_inputs, pair_width,
                                           pair_blocks, feature_count))) {
    // Nothing is added before training.
    const torch::NoGradGuard no_grad;
    stack->out->weight.zero_();
    stack->out->bias.zero_();
}

Tensor PairDecoderImpl::forward(const Tensor& a, const Tensor& b, const Tensor& mask, const Tensor& position,
                                const Tensor& c) {
    const auto frames = a.size(2);
    const auto present = mask.unsqueeze(2);
    const auto first = torch::relu(a) * present, second = torch::relu(b) * present;
    const auto difference = second - first;
    const auto mean = (first + position.view({-1, 1, 1}) * difference - mean_level) * present;
    const auto centred = 2 * position - 1;
    const auto where = torch::cat({c, torch::stack({centred, centred.square()}, 1)}, 1);
    const auto moved =
        stack(torch::cat({mean_scale * mean, difference_scale * difference, repeat_over_time(where, frames)}, 1))
            .to(torch::kFloat);
    return pair_limit * torch::tanh(moved / pair_limit) * present;
}

AutoencoderImpl::AutoencoderImpl()
    : encoder(
          register_module("encoder", Stack(2 * feature_count + condition_count, width, encoder_blocks, latent_size))),
      decoder(register_module("decoder", Stack(latent_size + condition_count, width, decoder_blocks, feature_count))),
      pairs(register_module("pairs", PairDecoder())) {}

Tensor AutoencoderImpl::encode(const Tensor& x, const Tensor& mask, const Tensor& c) {
    return encoder(masked_input(x, mask, c)).to(torch::kFloat) * latent_scale;
}

Tensor AutoencoderImpl::decode(const Tensor& latent, const Tensor& c) {
    return decoder(torch::cat({latent, repeat_over_time(c, latent.size(2))}, 1));
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
