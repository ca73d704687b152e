// SPDX-License-Identifier: GPL-3.0-or-later
// Long notes: loops as long as the sound needs, which keep its movement and add none.
#include "common/units.h"
#include "models/bake/bake_stages.h"
#include "models/bake/baker.h"
#include "models/evaluation/corners/loops.h"
#include "models/evaluation/corners/moving_sounds.h"
#include "models/evaluation/corners/single_corner.h"
#include "models/spectral/movement.h"
#include "models/synthesis/loop_playback.h"
#include "models/tensor/audio_tensor.h"
#include "plugin/engine/bank/bank.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <numbers>

using namespace timbrel;
using namespace timbrel::models;
namespace fs = std::filesystem;

namespace {

constexpr double held = 14; // seconds

// Plays sines: `hz` of a key and their amplitudes.
class Tones final : public audio::Source {
  public:
    using Partials = std::function<std::pair<std::vector<double>, std::vector<double>>(double f0)>;
    explicit Tones(Partials partials) : partials_(std::move(partials)) {}
    std::string name() const override { return "tones"; }
    nlohmann::json provenance() const override { return {}; }
    audio::Recording note(int pitch, int velocity, double hold, double release) override {
        const auto [hz, amplitude] = partials_(note_to_hertz(pitch));
        const auto tone = test::tones(hz, amplitude, hold + release);
        return {double(pitch), velocity, hold, to_audio(torch::stack({tone, tone})), name()};
    }
    std::vector<std::string> warnings() const override { return {}; }

  private:
    Partials partials_;
};

constexpr double beat = .7; // Hz

// Partials of two strings, `beat` Hz apart at the fundamental.
std::unique_ptr<audio::Source> beating() {
    return std::make_unique<Tones>([](double f0) {
        return std::pair(std::vector{f0, f0 + beat, 2 * f0, 2 * (f0 + beat)}, std::vector{.1, .05, .05, .02});
    });
}

std::unique_ptr<audio::Source> steady() {
    return std::make_unique<Tones>([](double f0) {
        return std::pair(std::vector{f0, 2 * f0, 3 * f0}, std::vector{.1, .05, .03});
    });
}

PlaneSources sources_of(std::unique_ptr<audio::Source> source, std::vector<int> pitches, double seconds = 0) {
    auto recipe = single_corner_recipe("tones", std::move(pitches), 100);
    recipe.seconds = seconds;
    SourceList list;
    list.push_back(std::move(source));
    return {recipe, std::move(list), torch::kCPU};
}

// Levels in dB of the partial at `hz`, every 20 ms, from `from` seconds on.
std::vector<double> levels(const Tensor& sound, double hz, double from) {
    std::vector<double> db;
    const int64_t window = model_rate / 10, step = model_rate / 50;
    for (auto at = int64_t(from * model_rate); at + window <= sound.size(1); at += step)
        db.push_back(test::amplitude_db(test::amplitude_at(sound[0].slice(0, at, at + window), hz)));
    return db;
}

// The strongest rate in Hz of levels 20 ms apart.
double rate_of(const std::vector<double>& db) {
    double mean = 0, best = 0, strongest = 0;
    for (const double level : db) mean += level / double(db.size());
    for (double rate = .3; rate < 1.5; rate += .01) {
        double re = 0, im = 0;
        for (size_t i = 0; i < db.size(); ++i) {
            const double angle = 2 * std::numbers::pi * rate * double(i) / 50;
            re += (db[i] - mean) * std::cos(angle), im += (db[i] - mean) * std::sin(angle);
        }
        if (std::hypot(re, im) > strongest) best = rate, strongest = std::hypot(re, im);
    }
    return best;
}

double range_of(const std::vector<double>& db) {
    const auto [least, most] = std::ranges::minmax(db);
    return most - least;
}

} // namespace

BOOST_AUTO_TEST_SUITE(loops)

BOOST_AUTO_TEST_CASE(a_slow_beat_goes_on) {
    const torch::NoGradGuard no_grad;
    const auto sources = sources_of(beating(), {48, 57});
    for (size_t p = 0; p < 2; ++p) {
        const auto [sound, loop, decay] = single_corner_cell(sources, p, torch::kCPU);
        const auto corner = levels(unroll_loop(sound, loop, decay, held), sources.f0(p), 4);
        const auto original =
            levels(to_stereo_tensor(beating()->note(p ? 57 : 48, 100, held, 0).audio), sources.f0(p), 4);
        BOOST_TEST_MESSAGE("loop of " << double(loop.end - loop.start) / frames_per_second << " s, " << rate_of(corner)
                                      << " Hz, " << range_of(corner) << " dB");
        BOOST_TEST(std::abs(rate_of(corner) - beat) < .03, rate_of(corner));
        BOOST_TEST(std::abs(range_of(corner) - range_of(original)) < 1.5, range_of(corner)
                                                                              << ' ' << range_of(original));
        BOOST_TEST(std::abs(range_of({corner.end() - 150, corner.end()}) - range_of(original)) < 1.5);
    }
}

BOOST_AUTO_TEST_CASE(what_dies_away_does_not_pump) {
    const torch::NoGradGuard no_grad;
    const auto piano = moving_cases().back();
    const std::vector keys{43, 48, 55};
    const auto sources = sources_of(piano.open(), keys);
    for (size_t p = 0; p < keys.size(); ++p) {
        const auto [sound, loop, decay] = single_corner_cell(sources, p, torch::kCPU);
        const double seconds = double(loop.end - loop.start) / frames_per_second;
        const auto original = to_stereo_tensor(piano.open()->note(keys[p], 100, held, 0).audio);
        const double found = pumping(unroll_loop(sound, loop, decay, held), sources.f0(p), seconds);
        BOOST_TEST_MESSAGE("key " << keys[p] << ", loop of " << seconds << " s: " << found << " dB");
        BOOST_TEST(decay > 1);
        BOOST_TEST(found < pumping(original, sources.f0(p), seconds) + 1, found << " dB");
    }
}

BOOST_AUTO_TEST_CASE(only_what_moves_has_long_loops) {
    const auto of_case = [](const char* name) {
        const auto cases = moving_cases();
        return std::ranges::find_if(cases, [&](const auto& c) { return c.spec == name; })->open();
    };
    const auto length = [](const PlaneSources& sources) {
        const auto loop = sources.plan(0).loop;
        return double(loop.end - loop.start) / frames_per_second;
    };
    BOOST_TEST(length(sources_of(steady(), {60})) < 1.1);
    BOOST_TEST(length(sources_of(of_case("organ with tremolo"), {60})) < 1.4);
    BOOST_TEST(length(sources_of(of_case("beating piano"), {60})) < 1.1);
    BOOST_TEST(length(sources_of(of_case("ensemble of strings"), {60})) > 4);
    BOOST_TEST(length(sources_of(of_case("ensemble of strings"), {60}, 2)) < 1.1); // as given by hand
}

BOOST_AUTO_TEST_CASE(a_sound_that_repeats_itself_is_known) {
    const auto moving = [](double rate, double depth) {
        const auto t = torch::arange(9 * model_rate, torch::kDouble) / model_rate;
        const auto tone = torch::sin(t * (2 * std::numbers::pi * 440)) *
                          torch::pow(10, torch::sin(t * (2 * std::numbers::pi * rate)) * (depth / 20));
        return Movement(torch::stack({tone, tone}).to(torch::kFloat), 0);
    };
    const auto beats = moving(.5, 6);
    BOOST_TEST(beats.similarity(2) > .6);
    BOOST_TEST(beats.similarity(1) < -.6);
    BOOST_TEST(beats.greatest_similarity(.25, 1.5) < .1);
    BOOST_TEST(beats.greatest_similarity(.25, 9) > .6);
    BOOST_TEST(beats.mismatch(1, 3) < .3);
    BOOST_TEST(beats.mismatch(1, 4) > 3);
    BOOST_TEST(moving(.5, .1).similarity_if_looped(.9) < .05);
    BOOST_TEST(Movement(torch::zeros({2, 100}), 0).similarity_if_looped(.9) == 0);
}

BOOST_AUTO_TEST_CASE(the_size_is_known_before_baking) {
    const torch::NoGradGuard no_grad;
    const auto folder = fs::temp_directory_path() / ("timbrel-loops-" + std::to_string(getpid()));
    fs::create_directories(folder);
    PlaneRecipe recipe;
    for (const auto& [name, source] : {std::pair{"beating", beating()}, {"steady", steady()}}) {
        audio::write_audio(folder / (std::string(name) + "_A3.wav"), source->note(57, 100, 12, 0).audio);
        recipe.sources.push_back(folder / (std::string(name) + "_A3.wav"));
    }
    recipe.down = 1;
    recipe.grid = 3;
    recipe.pitches = {57, 72};
    recipe.velocities = {60, 100};
    recipe.model = TIMBREL_TEST_MODEL;
    const double estimated = bank_bytes(recipe, hold_sources(recipe, open_sources(recipe)).notes.lengths);
    const std::string path = folder / "bank.timbrel";
    bake(recipe, {}, torch::kCPU, path);
    const auto bank = engine::Bank::open(path);
    double written = 0;
    for (uint32_t p = 0; p < 2; ++p)
        for (uint32_t v = 0; v < 2; ++v)
            for (uint32_t cell = 0; cell < bank->cells(); ++cell)
                written += 4. * bank->entry(bank->note(p, v), cell).frames;
    BOOST_TEST(written == estimated);
    BOOST_TEST(bank->metadata().at("seconds") == "auto");
    BOOST_TEST(bank->entry(bank->note(0, 0), 0).frames > 2.3 * model_rate);
    fs::remove_all(folder);
}

// The window's first stages are short; the last is what the command bakes.
BOOST_AUTO_TEST_CASE(previews_are_short) {
    PlaneRecipe recipe;
    recipe.sources = {"a", "b", "c", "d"};
    recipe.pitches = {48, 60, 72};
    recipe.velocities = {100};
    const auto stages = bake_stages(recipe);
    BOOST_REQUIRE(stages.size() > 1u);
    for (size_t i = 0; i + 1 < stages.size(); ++i) BOOST_TEST(stages[i].seconds == 2);
    BOOST_TEST(stages.back().seconds == 0);
}

BOOST_AUTO_TEST_SUITE_END()
