// SPDX-License-Identifier: GPL-3.0-or-later
// The model's work on another device than the CPU: every tensor stays on it, and the results are those of the CPU.
#include "models/bake/baker.h"
#include "models/bake/fine_tune.h"
#include "models/evaluation/corners/evaluate_corners.h"
#include "models/evaluation/corners/held_notes.h"
#include "models/evaluation/evaluate.h"
#include "models/evaluation/evaluate_planes.h"
#include "models/evaluation/truth/evaluate_truth.h"
#include "models/evaluation/truth/triples.h"
#include "models/landscape/embedding.h"
#include "models/morph/plane_sources.h"
#include "models/training/trainers/pair_trainer.h"
#include "models/training/trainers/trainer.h"
#include "tests/common/temporary_folder.h"
#include "tests/models/device/checked_device.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace timbrel;
using namespace timbrel::models;

namespace {

const torch::Device device = test::checked_device();

struct Reset {
    Reset() { test::reset_device_copies(); }
};

PlaneRecipe line() {
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:71", font + ":0:0"}; // clarinet, piano
    recipe.down = 1;
    recipe.grid = 3;
    recipe.pitches = {60};
    recipe.velocities = {60, 100};
    recipe.model = TIMBREL_TEST_MODEL;
    return recipe;
}

Tensor rendered(torch::Device where) {
    const torch::NoGradGuard no_grad;
    const auto recipe = line();
    const PlaneSources sources(recipe, where);
    const PlaneNote note(load_note_model(recipe.model, where), sources.corners(0)[0], sources.setting(0, 0),
                         sources.plan(0), where);
    return note.render(cell_weights(recipe)).sound.to(torch::kCPU);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(device_work, Reset)

BOOST_AUTO_TEST_CASE(the_device_itself_refuses_tensors_of_the_cpu) {
    const auto a = torch::ones({3}, device), b = torch::ones({3});
    BOOST_CHECK_THROW(a + b, std::exception);
    BOOST_CHECK_EXCEPTION(a.index({torch::tensor({0, 1})}), std::exception,
                          [](const auto& e) { return std::string(e.what()).starts_with("aten::index: "); });
    BOOST_TEST((a + 1).to(torch::kCPU).sum().item<float>() == 6);
    BOOST_TEST(test::device_copies().downloads == 1);
    const auto whole = torch::zeros({2, 3}, device);
    whole.select(0, 1).add_(a);
    BOOST_TEST(whole.sum().item<float>() == 3);
}

BOOST_AUTO_TEST_CASE(a_plane_is_the_same_as_on_the_cpu) {
    const auto expected = rendered(torch::kCPU);
    test::reset_device_copies();
    const auto found = rendered(device);
    const auto copies = test::device_copies();
    BOOST_TEST_MESSAGE("uploads " << copies.uploads << ", downloads " << copies.downloads);
    BOOST_TEST(test::difference_db(expected, found) < -90);
}

BOOST_FIXTURE_TEST_CASE(a_bank_is_the_same_as_of_the_cpu, test::TemporaryFolder) {
    bake(line(), {}, torch::kCPU, file("cpu"));
    bake(line(), {}, device, file("device"));
    const auto result = evaluate_bank(file("device"), device);
    BOOST_TEST_MESSAGE(result.dump().substr(0, 900));
}

BOOST_AUTO_TEST_CASE(planes_are_evaluated) {
    const torch::NoGradGuard no_grad;
    auto recipe = line();
    recipe.velocities = {100};
    const auto result = evaluate_planes(load_note_model(TIMBREL_TEST_MODEL, device), {recipe}, device);
    BOOST_TEST_MESSAGE(result.dump().substr(0, 900));
}

BOOST_AUTO_TEST_CASE(corners_are_evaluated) {
    const torch::NoGradGuard no_grad;
    const auto open = [] { return audio::open_source(line().sources[0]); };
    const auto corner = evaluate_corner_case({"clarinet", "zones", open, {57, 60, 63}, {60}, {61}}, device);
    BOOST_TEST_MESSAGE(corner.dump());
    BOOST_TEST(!evaluate_held_case({"clarinet", line().sources[0], open}, device).empty());
}

BOOST_AUTO_TEST_CASE(truth_is_evaluated) {
    const torch::NoGradGuard no_grad;
    const auto open = [] {
        return [](double setting) {
            return test::tones({220, 440, 660}, {.1, .05, .05 * setting}, 2).repeat({2, 1});
        };
    };
    const TruthTriple triple{"tones", "third partial", "A3", 57, 100, open};
    const auto result = evaluate_triples(load_note_model(TIMBREL_TEST_MODEL, device), {triple}, device);
    BOOST_TEST(result["left_out"].empty(), result["left_out"].dump());
}

BOOST_AUTO_TEST_CASE(sounds_are_embedded) {
    const auto source = audio::open_source(line().sources[0]);
    const auto notes = compared_notes(*source);
    const auto on = [&](torch::Device where) {
        return note_embedding(notes, *load_note_model(TIMBREL_TEST_MODEL, where), where).to(torch::kCPU);
    };
    BOOST_TEST((on(device) - on(torch::kCPU)).abs().max().item<float>() < 1e-4);
}

BOOST_AUTO_TEST_CASE(fine_tuning_runs) {
    const PlaneSources sources(line(), device);
    auto network = load_network(TIMBREL_TEST_MODEL, device);
    const auto result = fine_tune(network, sources, device, [](int64_t done) { return done >= 2; });
    BOOST_TEST(result.steps == 2);
}

BOOST_FIXTURE_TEST_CASE(training_runs, test::TemporaryFolder) {
    const std::vector<CorpusInstrument> one{{"/usr/share/sounds/sf2/FluidR3_GM.sf2:0:11", "Vibraphone", "", "mallets"}};
    const auto eight_notes = [](const CorpusInstrument& i) { return evaluation_notes(i, 8); };
    write_dataset(file("set"), instrument_groups(one, eight_notes, 1.2, .2), 1.4);
    const auto data = load_dataset(file("set"));
    const auto two = [](int64_t done) { return done < 2 ? double(done) / 2 : 1.; };
    for (const auto& stage : {stage_features(), stage_perceptual()})
        train({data, nullptr, data, nullptr}, load_network(TIMBREL_TEST_MODEL, device), {stage, 1}, device, two,
              [](const TrainingResult&) {});
    train_pairs({data, nullptr, data, nullptr}, load_network(TIMBREL_TEST_MODEL, device), 1, device, two,
                [](const PairTrainingResult&) {});
}

BOOST_AUTO_TEST_SUITE_END()
