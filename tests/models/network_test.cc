// What an embedding holds: numbers for each frame, and numbers for the note as a whole.
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
    Tensor c = conditions(torch::full({notes * excerpts}, 220.), torch::full({notes * excerpts}, 80.));
};

Tensor moments(const Tensor& embedding) { return embedding.slice(1, 0, moment_size); }
Tensor whole(const Tensor& embedding) { return embedding.slice(1, moment_size); }
double largest(const Tensor& t) { return t.abs().max().item<double>(); }

} // namespace

BOOST_AUTO_TEST_SUITE(network)

BOOST_AUTO_TEST_CASE(a_note_has_one_whole_and_its_frames_numbers_of_their_own) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    const Input in;
    Autoencoder network;
    const auto embedding = network->encode(in.x, in.mask, in.c, excerpts);
    BOOST_TEST((embedding.sizes().vec() == std::vector<int64_t>{notes * excerpts, latent_size, frames}));
    BOOST_TEST(largest(whole(embedding) - whole(embedding).slice(2, 0, 1)) == 0);
    const auto by_note = whole(embedding).view({notes, excerpts, whole_size, frames});
    BOOST_TEST(largest(by_note - by_note.slice(1, 0, 1)) == 0);
    BOOST_TEST(largest(by_note[0] - by_note[1]) > 1e-4);
    BOOST_TEST(largest(moments(embedding).slice(2, 1) - moments(embedding).slice(2, 0, frames - 1)) > 1e-3);

    // One excerpt tells another whole than all three; what a frame is does not depend on the other excerpts.
    const auto alone = network->encode(in.x, in.mask, in.c);
    BOOST_TEST(largest(whole(alone) - whole(embedding)) > 1e-4);
    BOOST_TEST(largest(moments(alone) - moments(embedding)) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_whole_is_blurred_as_a_whole) {
    torch::manual_seed(1);
    const auto noise = blurred(torch::zeros({50, latent_size, frames}), .5);
    BOOST_TEST(moments(noise).std().item<double>() == .5, boost::test_tools::tolerance(.02));
    BOOST_TEST(whole(noise).std().item<double>() == .5, boost::test_tools::tolerance(.05));
    BOOST_TEST(largest(whole(noise) - whole(noise).slice(2, 0, 1)) == 0);
}

// A loud partial is the corners' alone, and so is everything at a corner.
BOOST_AUTO_TEST_CASE(only_noise_and_what_is_quiet_are_imagined) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    constexpr int64_t loud = 100, noises = noise_start + noise_bands;
    auto x = torch::rand({2, feature_count, frames}) * 10 - 75; // dB
    x.slice(1, 0, loud) += 55;
    x.slice(1, noise_start, noises) += 55;
    const Imagination imagination(Autoencoder(), x, torch::ones({2, feature_count}), 220, 80);
    const auto idea = imagination.between(torch::tensor({{.5f, .5f}, {1.f, 0.f}}));
    BOOST_TEST(largest(idea[0].slice(0, 0, loud)) == 0);
    BOOST_TEST(largest(idea[0].slice(0, loud, noise_start)) > 1e-4);
    BOOST_TEST(largest(idea[0].slice(0, noise_start, noises)) > 1e-4);
    BOOST_TEST(largest(idea[1]) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
