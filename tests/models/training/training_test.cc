// SPDX-License-Identifier: GPL-3.0-or-later
// The perceptual loss agrees with ELSD of the rendered sound; training with it reduces it.
#include "models/audio/analysis/spectral_distance.h"
#include "models/bake/baker.h"
#include "models/synthesis/additive_synthesis.h"
#include "models/tensor/audio_tensor.h"
#include "models/training/erb_spectral_loss.h"
#include "models/training/trainers/trainer.h"
#include "tests/common/temporary_folder.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;

namespace {

constexpr int64_t pitch = 57; // 220 Hz
constexpr int64_t frames = 188;

// Steady partials, each 1 dB below the previous one, and noise in each band, `noise_db` below the first partial.
Tensor note(double noise_db) {
    auto db = torch::full({feature_count, frames}, feature_floor);
    db.slice(0, 0, low_partials) = -torch::arange(low_partials).unsqueeze(1).expand({-1, frames});
    db.slice(0, low_partials, noise_start) = -50;
    db.slice(0, noise_start, noise_start + noise_bands) = -noise_db;
    return db;
}

struct LossAndElsd {
    double loss, elsd;
};

// The loss between two notes, and ELSD between their renderings.
LossAndElsd compare(const Tensor& target, const Tensor& predicted) {
    const auto spectrum_at = [](const Tensor& db) {
        Features reference{db, {}, 1e-2, torch::ones({2, pan_bands})};
        return features_to_spectrum(db, reference, harmonic_table(220), 220);
    };
    const auto network = [](const Tensor& db) { return to_network_units(db).unsqueeze(0); };
    ErbSpectralLoss erb_loss(torch::kCPU);
    return {erb_loss(network(predicted), network(target), {pitch}, torch::ones({1, frames})).item<double>(),
            distances(to_audio(synthesise(spectrum_at(target))), to_audio(synthesise(spectrum_at(predicted)))).elsd};
}

Tensor changed(Tensor db, int from, int to, double by) {
    db = db.clone();
    db.slice(0, from, to) += by;
    return db;
}

} // namespace

BOOST_AUTO_TEST_SUITE(training)

BOOST_AUTO_TEST_CASE(the_erb_loss_agrees_with_elsd_of_the_sound) {
    auto pure = torch::full({feature_count, frames}, feature_floor);
    pure.slice(0, 0, 8) = 0;
    const struct {
        const char* what;
        Tensor target, predicted;
        double lower, upper; // dB
    } cases[]{
        {"all partials and noise", note(60), changed(note(60), 0, feature_count - subharmonic_slots, 6), 5.5, 6.5},
        {"high partials", note(60), changed(note(60), 20, low_partials, 10), 2, 10},
        {"envelope only", note(60), changed(note(60), low_partials, low_partials + 40, 20), 0, .7},
        {"noise masked by partials", note(70), changed(note(70), noise_start + 50, noise_start + 80, -15), 0, .7},
        {"noise only", note(20), changed(note(20), noise_start, noise_start + noise_bands, 10), 3, 10},
        {"below the feature floor", pure, changed(pure, noise_start, noise_start + noise_bands, 9), 0, .7},
    };
    for (const auto& c : cases) {
        const auto [loss, elsd] = compare(c.target, c.predicted);
        BOOST_TEST_MESSAGE(c.what << ": loss " << loss << " dB, ELSD of the sounds " << elsd << " dB");
        BOOST_TEST_CONTEXT(c.what) {
            BOOST_TEST(loss > c.lower);
            BOOST_TEST(loss < c.upper);
            BOOST_TEST(std::abs(loss - elsd) < .8 + .15 * elsd);
        }
    }
}

BOOST_AUTO_TEST_CASE(frames_are_weighted_and_silence_is_ignored) {
    ErbSpectralLoss erb_loss(torch::kCPU);
    const auto target = to_network_units(note(60)).unsqueeze(0);
    auto predicted = target.clone();
    predicted.slice(2, 0, frames / 2) += 6 / network_unit_db;
    auto weight = torch::ones({1, frames});
    BOOST_TEST(erb_loss(predicted, target, {pitch}, weight).item<double>() == 3, boost::test_tools::tolerance(.15));
    weight.slice(1, frames / 2) = 0;
    BOOST_TEST(erb_loss(predicted, target, {pitch}, weight).item<double>() == 6, boost::test_tools::tolerance(.05));
    auto faded = target.clone();
    faded.slice(2, frames / 2) = to_network_units(torch::full({}, feature_floor));
    weight.fill_(1);
    BOOST_TEST(erb_loss(faded + (6 / network_unit_db), faded, {pitch}, weight).item<double>() == 6,
               boost::test_tools::tolerance(.1));
}

BOOST_FIXTURE_TEST_CASE(perceptual_training_improves_a_trained_network, test::TemporaryFolder) {
    const std::vector<CorpusInstrument> one{{"/usr/share/sounds/sf2/FluidR3_GM.sf2:0:11", "Vibraphone", "", "mallets"}};
    const auto eight_notes = [](const CorpusInstrument& i) { return evaluation_notes(i, 8); };
    write_dataset(file("set"), instrument_groups(one, eight_notes, 1.2, .2), 1.4);
    const auto data = load_dataset(file("set"));
    const TrainingOptions options{stage_perceptual(), 1};
    const auto after_steps = [&](int64_t steps) {
        int checkpoints = 0;
        const auto result = train(
            {data, nullptr, data, nullptr}, load_network(TIMBREL_TEST_MODEL, torch::kCPU), options, torch::kCPU,
            [steps](int64_t done) { return done < steps ? double(done) / double(steps) : 1; },
            [&](const TrainingResult&) { ++checkpoints; });
        BOOST_TEST((checkpoints > 0) == (steps > 1));
        return result.held_out;
    };
    const auto before = after_steps(0), after = after_steps(20);
    BOOST_TEST(after.erb_db < .95 * before.erb_db);
    BOOST_TEST(after.erb_attack_db < .95 * before.erb_attack_db);
}

BOOST_AUTO_TEST_SUITE_END()
