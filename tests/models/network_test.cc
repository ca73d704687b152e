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
    Tensor moved(const Tensor&, const Tensor&, const Tensor&, const Tensor&, const NoteConditions&) const override {
        return {};
    }
};

// Two knobs that change the levels by squares: one those of the first half of the features, the other those of the
// second. Between two notes each moves by what is missing in the mean.
class TwoKnobsModel final : public NoteModel {
  public:
    Tensor encode(const Tensor& levels, const Tensor&, const NoteConditions&) const override { return levels; }
    Tensor decode(const Tensor& latents, const NoteConditions&) const override { return latents; }
    Tensor moved(const Tensor& a, const Tensor& b, const Tensor&, const Tensor& positions,
                 const NoteConditions&) const override {
        return ((a - b).square() / 40).unsqueeze(0).expand({positions.size(0), -1, -1});
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

// On a square the sum over all pairs of corners is what each knob moves by itself, in every cell.
BOOST_AUTO_TEST_CASE(what_moves_in_two_directions_adds_up) {
    auto x = torch::full({4, feature_count, frames}, -10.f);
    const auto low = [](const Tensor& t) { return t.slice(-2, 0, feature_count / 2); };
    const auto high = [](const Tensor& t) { return t.slice(-2, feature_count / 2); };
    for (const int corner : {1, 3}) low(x[corner]) += 20;  // to the right
    for (const int corner : {2, 3}) high(x[corner]) += 12; // to the top
    std::vector<float> weights;
    const std::vector<std::pair<float, float>> places{{.5f, .5f}, {.25f, .75f}, {.5f, 0.f}, {1.f, .25f}, {0.f, 1.f}};
    for (const auto& [right, up] : places)
        for (const float w : {(1 - right) * (1 - up), right * (1 - up), (1 - right) * up, right * up})
            weights.push_back(w);
    const auto correction =
        LatentInterpolation(std::make_shared<TwoKnobsModel>(), x, torch::ones({4, feature_count}), {220, 80})
            .correction_at(torch::tensor(weights).view({-1, 4}));
    for (size_t i = 0; i < places.size(); ++i) {
        const auto [right, up] = places[i];
        BOOST_TEST(largest(low(correction[int64_t(i)]) - 4 * right * (1 - right) * 20 * 20 / 40) < 1e-3);
        BOOST_TEST(largest(high(correction[int64_t(i)]) - 4 * up * (1 - up) * 12 * 12 / 40) < 1e-3);
    }
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
