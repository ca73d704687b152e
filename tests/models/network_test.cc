// SPDX-License-Identifier: GPL-3.0-or-later
// The latent: numbers per frame and per note. Interpolation in the latent space.
#include "models/morph/latent_interpolation.h"
#include "models/network/note_features.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr int64_t notes = 2, excerpts = 3, frames = 40;

struct Input {
    Tensor x = torch::rand({notes * excerpts, feature_count, frames}) * 2;
    Tensor mask = torch::ones({notes * excerpts, feature_count});
    Tensor c = make_conditioning(torch::full({notes * excerpts}, 220.), torch::full({notes * excerpts}, 80.));
};

Tensor frame_latent(const Tensor& latent) { return latent.slice(1, 0, frame_latent_size); }
Tensor note_latent(const Tensor& latent) { return latent.slice(1, frame_latent_size); }
double largest(const Tensor& t) { return t.abs().max().item<double>(); }

} // namespace

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(a_note_has_one_note_latent_and_a_latent_for_each_frame) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    const Input in;
    Autoencoder network;
    const auto latent = network->encode(in.x, in.mask, in.c, excerpts);
    BOOST_TEST((latent.sizes().vec() == std::vector<int64_t>{notes * excerpts, latent_size, frames}));
    BOOST_TEST(largest(note_latent(latent) - note_latent(latent).slice(2, 0, 1)) == 0);
    const auto by_note = note_latent(latent).view({notes, excerpts, note_latent_size, frames});
    BOOST_TEST(largest(by_note - by_note.slice(1, 0, 1)) == 0);
    BOOST_TEST(largest(by_note[0] - by_note[1]) > 1e-4);
    BOOST_TEST(largest(frame_latent(latent).slice(2, 1) - frame_latent(latent).slice(2, 0, frames - 1)) > 1e-3);

    // The note latent of one excerpt differs from that of all three; the frame latent does not depend on the others.
    const auto alone = network->encode(in.x, in.mask, in.c);
    BOOST_TEST(largest(note_latent(alone) - note_latent(latent)) > 1e-4);
    BOOST_TEST(largest(frame_latent(alone) - frame_latent(latent)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_note_latent_gets_the_same_noise_in_all_frames) {
    torch::manual_seed(1);
    const auto noise = add_latent_noise(torch::zeros({50, latent_size, frames}), .5);
    BOOST_TEST(frame_latent(noise).std().item<double>() == .5, boost::test_tools::tolerance(.02));
    BOOST_TEST(note_latent(noise).std().item<double>() == .5, boost::test_tools::tolerance(.05));
    BOOST_TEST(largest(note_latent(noise) - note_latent(noise).slice(2, 0, 1)) == 0);
}

// The network changes neither loud partials nor the corners.
BOOST_AUTO_TEST_CASE(the_network_changes_only_noise_and_quiet_partials) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    constexpr int64_t loud = 100, noise_end = noise_start + noise_bands;
    auto x = torch::rand({2, feature_count, frames}) * 10 - 75; // dB
    x.slice(1, 0, loud) += 55;
    x.slice(1, noise_start, noise_end) += 55;
    const LatentInterpolation interpolation(Autoencoder(), x, torch::ones({2, feature_count}), 220, 80);
    const auto residual = interpolation.residual_at(torch::tensor({{.5f, .5f}, {1.f, 0.f}}));
    BOOST_TEST(largest(residual[0].slice(0, 0, loud)) == 0);
    BOOST_TEST(largest(residual[0].slice(0, loud, noise_start)) > 1e-4);
    BOOST_TEST(largest(residual[0].slice(0, noise_start, noise_end)) > 1e-4);
    BOOST_TEST(largest(residual[1]) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
