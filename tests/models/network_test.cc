// SPDX-License-Identifier: GPL-3.0-or-later
// The latent: numbers per frame. Interpolation in the latent space.
#include "models/morph/latent_interpolation.h"
#include "models/network/autoencoder.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr int64_t frames = 40;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

} // namespace

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(every_frame_is_encoded_and_decoded_by_itself) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    Autoencoder network;
    const auto x = torch::rand({2, feature_count, frames}) * 2, mask = torch::ones({2, feature_count});
    const auto c = make_conditioning(torch::full({2}, 220.), torch::full({2}, 80.));
    const auto latent = network->encode(x, mask, c);
    BOOST_TEST(latent.sizes() == (std::vector<int64_t>{2, latent_size, frames}));
    const auto part = network->encode(x.slice(2, 7, 12), mask, c);
    BOOST_TEST(largest(part - latent.slice(2, 7, 12)) < 1e-5);
    BOOST_TEST(largest(network->decode(part, c) - network->decode(latent, c).slice(2, 7, 12)) < 1e-5);
    BOOST_TEST(largest(latent[0] - latent[1]) > 1e-3);
}

// Three mixtures of two notes: the first note alone, half of each, half of each in the other order.
BOOST_AUTO_TEST_CASE(a_mixture_has_no_order_and_of_one_note_is_that_note) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    Autoencoder network;
    const auto x = torch::rand({2, feature_count, frames}) * 2, mask = torch::ones({3, feature_count});
    const auto c = make_conditioning(torch::full({3}, 220.), torch::full({3}, 80.));
    const auto latent = network->encode(x, mask.slice(0, 0, 2), c.slice(0, 0, 2));
    const auto order = torch::tensor({0, 1, 0, 1, 1, 0}, torch::kLong);
    const auto ordered = [&](const Tensor& t) { return t.index_select(0, order).view({3, 2, -1, frames}); };
    const auto mixed = network->decode_mixture(
        {ordered(x), ordered(latent), mask, torch::tensor({{1.f, 0.f}, {.5f, .5f}, {.5f, .5f}})}, c);
    BOOST_TEST(largest(mixed.levels[0] - network->decode(latent, c.slice(0, 0, 2))[0]) < 1e-5);
    BOOST_TEST(largest(mixed.layering[0]) < 1e-5);
    BOOST_TEST(largest(mixed.levels[1] - mixed.levels[2]) < 1e-5);
    BOOST_TEST(largest(mixed.layering[1] - mixed.layering[2]) < 1e-5);
    // A mean of amplitudes is louder than a mean in dB, and an untrained decoder takes about an eighth of the gain.
    const auto amplitude = torch::pow(10, from_network_units(x) / 20);
    const auto gain = 20 * torch::log10(amplitude.mean(0)) - from_network_units(x).mean(0);
    const auto part = mixed.layering[1] * network_unit_db / gain.clamp_min(.1);
    BOOST_TEST(part.masked_select(gain > 3).mean().item<float>() == .12, boost::test_tools::tolerance(.3));
}

BOOST_AUTO_TEST_CASE(latent_noise_has_the_requested_deviation) {
    const auto noise = add_latent_noise(torch::zeros({50, latent_size, frames}), .5);
    BOOST_TEST(noise.std().item<double>() == .5, boost::test_tools::tolerance(.02));
}

// Decodes latents by squares, so that a decoded mean differs from the mean of what is decoded.
class SquareModel final : public NoteModel {
  public:
    Tensor encode(const Tensor& levels, const Tensor&, const NoteConditions&) const override {
        return levels.slice(1, 0, 4) / 10;
    }
    Tensor decode(const Tensor& latents, const NoteConditions&) const override {
        return latents.square().repeat({1, feature_count / 4, 1}) - 60;
    }
};

Tensor correction_between(const Tensor& x) {
    return LatentInterpolation(std::make_shared<SquareModel>(), x, torch::ones({2, feature_count}), {220, 80})
        .correction_at(torch::tensor({{.5f, .5f}, {1.f, 0.f}}));
}

BOOST_AUTO_TEST_CASE(between_corners_the_decoder_decides_every_feature_and_frame) {
    auto x = torch::full({2, feature_count, frames}, -10.f);
    x[1] = 10;
    x[1].slice(1, frames / 2) = 30;
    const auto correction = correction_between(x);
    // ((a + b) / 2)² − (a² + b²) / 2 = −((a − b) / 2)², smoothed where it changes
    const auto expected = -((x[0] - x[1]) / 20).square();
    for (const int64_t frame : {int64_t(0), frames - 1})
        BOOST_TEST(largest((correction[0] - expected).select(1, frame)) < 1e-3);
    BOOST_TEST(correction[0].select(1, frames / 2).max().item<float>() < expected[0][0].item<float>() - 1e-3);
    BOOST_TEST(correction[0].select(1, frames / 2).min().item<float>() > expected[0][frames - 1].item<float>() + 1e-3);
    BOOST_TEST(largest(correction[1]) == 0);
}

BOOST_AUTO_TEST_CASE(where_a_corner_is_silent_nothing_is_interpolated) {
    auto x = torch::full({2, feature_count, frames}, -10.f);
    x[1] = 20;
    x[1].slice(1, frames / 2) = feature_floor;
    const auto correction = correction_between(x)[0];
    BOOST_TEST(largest(correction.slice(1, 0, frames / 2)) > 1);
    BOOST_TEST(largest(correction.slice(1, frames / 2)) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
