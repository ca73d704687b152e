// SPDX-License-Identifier: GPL-3.0-or-later
// What the network learns the sounds between from: bodies, knobs, velocities.
#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/audio/knobs/body.h"
#include "models/audio/sources/source.h"
#include "models/recipe/recipe.h"
#include "models/tensor/audio_tensor.h"
#include "models/training/trainers/pair_loss.h"
#include "models/training/trainers/pair_trainer.h"

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
Dataset three_velocities() {
    constexpr int64_t frames = 40;
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

BOOST_AUTO_TEST_SUITE(pairs)

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
        const auto level = referenced(computed, filter.loudest_partials(computed, pitch).max());
        const auto audible = (sound > -50) & (level > -50);
        audible.slice(1, 0, 20) = false; // the filter's own onset
        const double error = (sound - level).abs().masked_select(audible).mean().item<double>();
        BOOST_TEST_MESSAGE(audio::name_of(kind) << ": " << error << " dB");
        BOOST_TEST(error < 1.5);
    }
}

BOOST_AUTO_TEST_CASE(a_batch_holds_two_sounds_and_the_one_between) {
    const auto notes = three_velocities();
    const auto b = PairSampler(notes, nullptr, {.seed = 5, .augmented = false}).next();
    const auto rows = training_recipe().pair_group * training_recipe().pair_groups;
    BOOST_TEST(b.a.sizes() == (std::vector<int64_t>{rows, feature_count, 1}));
    BOOST_TEST(b.position.min().item<float>() >= 0);
    BOOST_TEST(b.position.max().item<float>() <= 1);
    const auto between = [&](int64_t row) {
        const float position = b.position[row].item<float>();
        return (b.between[row] - (position < .5 ? b.a : b.b)[row]).abs().mean().item<float>() * network_unit_db;
    };
    int64_t velocities = 0;
    for (int64_t r = 0; r < rows; ++r) {
        const float position = b.position[r].item<float>();
        if (b.exact[r].item<float>() == 0) { // half way of 30 dB
            ++velocities;
            BOOST_TEST(position == .5, boost::test_tools::tolerance(1e-5));
            BOOST_TEST(std::abs((b.between[r] - (b.a[r] + b.b[r]) / 2).abs().max().item<float>()) < .01);
        } else if (position < .1 || position > .9)
            BOOST_TEST(between(r) < 6); // near an end, nearly that end
    }
    BOOST_TEST(velocities > 0);
    BOOST_TEST(velocities < rows);
}

BOOST_AUTO_TEST_CASE(quiet_frames_are_brought_to_an_even_level) {
    auto notes = three_velocities();
    notes.db.slice(2, 20) -= 25;
    const auto b = PairSampler(notes, nullptr, {.seed = 5, .augmented = false}).next();
    // 25 dB below the loudest frame, raised to 6 dB below it
    BOOST_TEST(b.gain.max().item<float>() == 19.f, boost::test_tools::tolerance(.02f));
    BOOST_TEST(b.gain.min().item<float>() == 0);
}

BOOST_AUTO_TEST_CASE(the_same_seed_draws_the_same_batch) {
    const auto notes = three_velocities();
    const auto batch_of = [&](uint64_t seed) { return PairSampler(notes, nullptr, {.seed = seed}).next(); };
    BOOST_TEST(batch_of(3).between.equal(batch_of(3).between));
    BOOST_TEST(!batch_of(3).between.equal(batch_of(4).between));
}

BOOST_AUTO_TEST_CASE(the_error_is_that_of_the_spectrum_without_its_level) {
    const auto notes = three_velocities();
    const auto b = PairSampler(notes, nullptr, {.seed = 5, .augmented = false, .kind = PairKind::bodies}).next();
    PairLoss loss(torch::kCPU);
    const auto largest = [&](const Tensor& x) { return loss.errors(x, b).max().item<float>(); };
    const double least = std::sqrt(training_recipe().erb_sqrt_epsilon); // where nothing differs
    BOOST_TEST(largest(b.between) < 1.01 * least);
    // Levels near the floor are gated, so raising them is not quite a gain.
    BOOST_TEST(largest(b.between + 6 / network_unit_db) < 1.5);
    BOOST_TEST(loss.errors(b.between + 6 / network_unit_db, b).mean().item<float>() < 1.2 * least);
    BOOST_TEST(loss.errors(mean_between(b), b).mean().item<float>() > 1);
    BOOST_TEST(loss(b.between, b).item<float>() < .3 * loss(mean_between(b), b).item<float>());
}

BOOST_AUTO_TEST_CASE(an_untrained_pair_decoder_adds_nothing_and_the_ends_stay) {
    const torch::NoGradGuard no_grad;
    const auto notes = three_velocities();
    auto b = PairSampler(notes, nullptr, {.seed = 5}).next();
    Autoencoder network;
    const auto decoded = decoded_between(network, b);
    BOOST_TEST(paired_between(network, b, decoded).equal(decoded));
    network->pairs->stack->out->bias.fill_(.1);
    BOOST_TEST((paired_between(network, b, decoded) - decoded).abs().max().item<float>() > .05);
    b.position.zero_();
    BOOST_TEST((paired_between(network, b, decoded_between(network, b)) - b.a).abs().max().item<float>() < 1e-5);
}

BOOST_AUTO_TEST_CASE(training_brings_sounds_between_nearer_to_the_truth) {
    const auto notes = three_velocities();
    const auto error_after = [&](int64_t steps) {
        torch::manual_seed(1);
        return train_pairs(
                   {notes, nullptr, notes, nullptr}, Autoencoder(), 1, torch::kCPU,
                   [steps](int64_t done) { return done < steps ? double(done) / double(steps) : 1; },
                   [](const PairTrainingResult&) {})
            .held_out.bodies;
    };
    BOOST_TEST(error_after(9) < .95 * error_after(0));
}

BOOST_AUTO_TEST_SUITE_END()
