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
#include "plugin/engine/bank/bank.h"
#include "tests/common/temporary_folder.h"
#include "tests/models/device/checked_device.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace timbrel;
using namespace timbrel::models;
using nlohmann::json;

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
    recipe.seconds = 2;
    recipe.model = TIMBREL_TEST_MODEL;
    return recipe;
}

bool same(const json& a, const json& b, double tolerance) {
    if (a.is_number_float() || b.is_number_float())
        return std::abs(a.get<double>() - b.get<double>()) <= tolerance * std::max(1., std::abs(a.get<double>()));
    if (!a.is_structured()) return a == b;
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [&](const auto& x, const auto& y) { return same(x, y, tolerance); });
}

// An evaluation gives the same numbers on both devices.
void check_same(const std::function<json(torch::Device)>& evaluate) {
    const torch::NoGradGuard no_grad;
    const auto expected = evaluate(torch::kCPU), found = evaluate(device);
    BOOST_TEST(same(expected, found, 1e-3), "CPU: " << expected.dump() << "\ndevice: " << found.dump());
}

// The progress of a training that ends after two steps.
const auto two_steps = [](int64_t done) { return done < 2 ? double(done) / 2 : 1.; };

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

BOOST_AUTO_TEST_CASE(a_note_is_the_same_as_on_the_cpu_and_downloaded_once) {
    const torch::NoGradGuard no_grad;
    const auto recipe = line();
    std::vector<Tensor> sounds;
    for (const auto where : {torch::Device(torch::kCPU), device}) {
        const PlaneSources sources(recipe, where);
        const auto model = load_note_model(recipe.model, where);
        const auto plan = sources.plan(0);
        test::reset_device_copies();
        const PlaneNote note(model, sources.corners(0)[0], sources.setting(0, 0), plan, where);
        sounds.push_back(note.render(cell_weights(recipe)).sound.to(torch::kCPU));
    }
    BOOST_TEST(test::difference_db(sounds[0], sounds[1]) < -90);
    const auto copies = test::device_copies();
    BOOST_TEST_MESSAGE("uploads: " << copies.uploads << ", " << copies.uploaded_bytes / 1000 << " kB; downloads: "
                                   << copies.downloads << ", " << copies.downloaded_bytes / 1000 << " kB");
    // The rest are tables of some kilobytes: frequencies, windows, single numbers.
    BOOST_TEST(copies.downloaded_bytes < 1.01 * double(sounds[0].nbytes()));
    BOOST_TEST(copies.uploads < 100);
    BOOST_TEST(copies.downloads < 20);
}

BOOST_FIXTURE_TEST_CASE(a_bank_is_the_same_as_of_the_cpu, test::TemporaryFolder) {
    bake(line(), {}, torch::kCPU, file("cpu"));
    bake(line(), {}, device, file("device"));
    const auto cells = [](const engine::Bank& bank) {
        std::vector<float> samples;
        for (uint32_t note = 0; note < bank.notes(); ++note)
            for (uint32_t cell = 0; cell < bank.cells(); ++cell) {
                const auto& entry = bank.entry(note, cell);
                for (const int16_t sample : bank.read_pcm(entry)) samples.push_back(float(sample) * entry.gain);
            }
        return to_tensor(samples);
    };
    const auto on_cpu = engine::Bank::open(file("cpu")), on_device = engine::Bank::open(file("device"));
    BOOST_TEST(test::difference_db(cells(*on_cpu), cells(*on_device)) < -80); // 16 bits
    BOOST_TEST(evaluate_bank(file("device"), device)["corners"].size() == 2u);
}

BOOST_AUTO_TEST_CASE(planes_are_evaluated) {
    check_same([](torch::Device where) {
        auto recipe = line();
        recipe.velocities = {100};
        auto result = evaluate_planes(load_note_model(TIMBREL_TEST_MODEL, where), {recipe}, where);
        return result["corners"];
    });
}

BOOST_AUTO_TEST_CASE(corners_are_evaluated) {
    const auto open = [] { return audio::open_source(line().sources[0]); };
    check_same([&](torch::Device where) {
        return evaluate_corner_case({"clarinet", "zones", open, {57, 60, 63}, {60}, {61}}, where);
    });
    check_same([&](torch::Device where) { return evaluate_held_case({"clarinet", line().sources[0], open}, where); });
}

BOOST_AUTO_TEST_CASE(truth_is_evaluated) {
    const auto open = [] {
        return [](double setting) { return test::tones({220, 440, 660}, {.1, .05, .05 * setting}, 2).repeat({2, 1}); };
    };
    check_same([&](torch::Device where) {
        const TruthTriple triple{"tones", "third partial", "A3", 57, 100, open};
        return evaluate_triples(load_note_model(TIMBREL_TEST_MODEL, where), {triple}, where);
    });
}

BOOST_AUTO_TEST_CASE(sounds_are_embedded) {
    const auto source = audio::open_source(line().sources[0]);
    const auto notes = compared_notes(*source);
    const auto on = [&](torch::Device where) {
        return note_embedding(notes, *load_note_model(TIMBREL_TEST_MODEL, where), where).to(torch::kCPU);
    };
    BOOST_TEST((on(device) - on(torch::kCPU)).abs().max().item<float>() < 1e-4);
}

BOOST_AUTO_TEST_CASE(networks_are_fine_tuned) {
    const PlaneSources sources(line(), device);
    auto network = load_network(TIMBREL_TEST_MODEL, device);
    const auto result = fine_tune(network, sources, device, [](int64_t done) { return done >= 8; });
    BOOST_TEST(result.deviation_after < result.deviation_before);
}

BOOST_FIXTURE_TEST_CASE(networks_are_trained, test::TemporaryFolder) {
    const std::vector<CorpusInstrument> one{{"/usr/share/sounds/sf2/FluidR3_GM.sf2:0:11", "Vibraphone", "", "mallets"}};
    const auto eight_notes = [](const CorpusInstrument& i) { return evaluation_notes(i, 8); };
    write_dataset(file("set"), instrument_groups(one, eight_notes, 1.2, .2), 1.4);
    const auto data = load_dataset(file("set"));
    const auto network = [] { return load_network(TIMBREL_TEST_MODEL, device); };
    const auto check_changed = [&](const Autoencoder& trained) {
        const auto before = network()->parameters(), after = trained->parameters();
        BOOST_TEST(!std::equal(before.begin(), before.end(), after.begin(),
                               [](const Tensor& a, const Tensor& b) { return a.equal(b); }));
        for (const auto& p : after) BOOST_TEST(p.isfinite().all().item<bool>());
    };
    for (const auto& stage : {stage_features(), stage_perceptual()})
        check_changed(
            train({data, nullptr, data, nullptr}, network(), {stage, 1}, device, two_steps, [](const TrainingResult&) {
            }).network);
    check_changed(
        train_pairs({data, nullptr, data, nullptr}, network(), 1, device, two_steps, [](const PairTrainingResult&) {
        }).network);
}

BOOST_AUTO_TEST_SUITE_END()
