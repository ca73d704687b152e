// SPDX-License-Identifier: GPL-3.0-or-later
// What the network learns the sounds between from: bodies, knobs, velocities.
#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/audio/knobs/body.h"
#include "models/audio/sources/source.h"
#include "models/recipe/recipe.h"
#include "models/tensor/audio_tensor.h"
#include "models/training/batch_sampler.h"
#include "models/training/feature_loss.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr int pitch = 57;

Tensor features_of(const audio::Audio& sound) {
    const auto x = to_stereo_tensor(sound);
    return extract_features(analyse(x, note_to_hertz(pitch), torch::kCPU).spectrum).db;
}

// Notes of one instrument at one pitch and three velocities; note k is loud by 10 k dB in the partials, and its noise
// is at −50 dB.
Dataset three_velocities(int64_t frames) {
    Dataset d;
    d.db = torch::full({3, feature_count, frames}, -50, torch::kHalf);
    for (int k = 0; k < 3; ++k) d.db[k].slice(0, 0, noise_start) = -30 + 10 * k;
    d.mask = torch::ones({3, feature_count});
    d.f0 = torch::full({3}, note_to_hertz(double(pitch)));
    d.velocity = torch::tensor({40.f, 80.f, 120.f});
    d.key = torch::tensor({128 * pitch + 40, 128 * pitch + 80, 128 * pitch + 120}, torch::kLong);
    d.instrument = torch::zeros({3}, torch::kLong);
    return d;
}

} // namespace

BOOST_AUTO_TEST_SUITE(triples)

// What training computes from features is what analysis finds in a filtered recording.
BOOST_AUTO_TEST_CASE(filtered_features_are_those_of_a_filtered_recording) {
    const torch::NoGradGuard no_grad;
    const auto note = audio::open_source("/usr/share/sounds/sf2/FluidR3_GM.sf2:0:48")->note(pitch, 80, 1.2, .2).audio;
    const auto plain = features_of(note);
    FeatureFilter filter;
    for (const auto kind : {audio::BodyKind::resonance, audio::BodyKind::low_pass, audio::BodyKind::pluck_position}) {
        const audio::Body body(kind, note_to_hertz(double(pitch)), 3);
        const auto sound = features_of(body.filtered(note, .5));
        const auto computed =
            filter.filtered(plain, pitch, filter.gains(pitch, [&](double hz) { return body.gain_db(hz, .5); }));
        const auto level = referenced(computed, filter.loudest_partial(computed, pitch));
        const auto audible = (sound > -50) & (level > -50);
        audible.slice(1, 0, 20) = false; // the filter's own onset
        const double error = (sound - level).abs().masked_select(audible).mean().item<double>();
        BOOST_TEST_MESSAGE(audio::name_of(kind) << ": " << error << " dB");
        BOOST_TEST(error < 1.5);
    }
}

BOOST_AUTO_TEST_CASE(a_batch_holds_corners_and_the_sounds_between) {
    const auto notes = three_velocities(2 * training_recipe().excerpt_frames);
    BatchSampler sampler(notes, nullptr, {.attack_weight = 1, .seed = 5, .first_body_seed = 0, .augmented = false});
    const auto batch = sampler.next();
    const auto check = [](const BetweenBatch& b, int64_t rows, int64_t count) {
        BOOST_TEST(b.corners.x.size(0) == rows * count);
        BOOST_TEST(b.truth.size(0) == rows);
        BOOST_TEST(b.weights.sizes() == (std::vector<int64_t>{rows, count}));
        BOOST_TEST((b.weights.sum(1) - 1).abs().max().item<float>() < 1e-6);
        // Bodies and velocities move partials evenly or in curves, but near a corner the sound is nearly the corner's.
        const auto corners = by_row(b.corners.x, count);
        for (int64_t r = 0; r < rows; ++r) {
            const auto [weight, corner] = b.weights[r].max(0);
            if (weight.item<float>() < .97) continue;
            const auto difference = b.truth[r] - corners[r][corner.item<int64_t>()];
            BOOST_TEST(difference.abs().mean().item<float>() * network_unit_db < 6);
        }
    };
    check(batch.pairs, training_recipe().batch_pairs, 2);
    check(batch.squares, training_recipe().batch_squares, 4);
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_batch) {
    const auto notes = three_velocities(2 * training_recipe().excerpt_frames);
    const auto batch_of = [&](uint64_t seed) {
        return BatchSampler(notes, nullptr, {.attack_weight = 1, .seed = seed}).next();
    };
    BOOST_TEST(batch_of(3).pairs.truth.equal(batch_of(3).pairs.truth));
    BOOST_TEST(batch_of(3).squares.truth.equal(batch_of(3).squares.truth));
    BOOST_TEST(!batch_of(3).pairs.truth.equal(batch_of(4).pairs.truth));
}

// However badly a network reproduces the corners, they stay as they are.
BOOST_AUTO_TEST_CASE(reconstruction_error_cancels_at_the_corners) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    Autoencoder network;
    const int64_t rows = 2;
    const auto f0 = torch::full({2 * rows}, note_to_hertz(double(pitch))), velocity = torch::full({2 * rows}, 80.);
    const BetweenBatch b{{torch::rand({2 * rows, feature_count, 10}) + .5,
                          torch::ones({2 * rows, feature_count}),
                          make_conditioning(f0, velocity),
                          {pitch, pitch, pitch, pitch},
                          torch::ones({2 * rows, 10})},
                         torch::tensor({{1.f, 0.f}, {.25f, .75f}}),
                         torch::zeros({rows, feature_count, 10})};
    const auto difference = (decode_between(network, b).between - mix_corners(b.corners.x, b.weights)).abs();
    BOOST_TEST(difference[0].max().item<float>() < 1e-5);
    BOOST_TEST(difference[1].max().item<float>() > 1e-2);
}

BOOST_AUTO_TEST_SUITE_END()
