// SPDX-License-Identifier: GPL-3.0-or-later
// Detection of known vibrato, absence where there is none, and its way into a bank.
#include "models/analysis/vibrato.h"
#include "models/bake/baker.h"
#include "models/synthesis/additive_synthesis.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

#include <filesystem>
#include <functional>
#include <random>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::audio;
using namespace timbrel::models;
using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
constexpr double held_seconds = 2;
constexpr double c4 = 261.6256;

using PitchCurve = std::function<double(double seconds)>;

PitchCurve vibrato_curve(double hertz, double cents, double after) {
    return [=](double t) { return t < after ? 0 : cents * std::sin(2 * std::numbers::pi * hertz * (t - after)); };
}

// Eight harmonics with amplitudes 1/n; `cents` is the deviation of the pitch from f0.
Tensor tone(
    double f0, const PitchCurve& cents, const PitchCurve& level = [](double) { return 1.; }, double start_phase = 0) {
    std::vector<double> phase;
    std::vector<float> loudness;
    double turns = start_phase;
    for (int i = 0; i < int(2.5 * model_rate); ++i) {
        const double t = double(i) / model_rate;
        turns += f0 * std::exp2(cents(t) / 1200) / model_rate;
        phase.push_back(2 * std::numbers::pi * (turns - std::floor(turns)));
        loudness.push_back(float(level(t) * std::min(1., t / .02)));
    }
    const auto angle = torch::from_blob(phase.data(), {int64_t(phase.size())}, torch::kDouble);
    auto x = torch::zeros_like(angle);
    for (int n = 1; n <= 8; ++n) x += .2 / n * torch::cos(angle * n + double(n * n));
    return x.to(torch::kFloat) * to_tensor(loudness);
}

Vibrato found_in(const Tensor& mono, double f0) {
    return estimate_vibrato(track_harmonics(mono, f0, mono.size(0) / hop), int64_t(held_seconds * frames_per_second));
}

Vibrato found_in(Source& source, int pitch, int velocity) {
    const auto audio = source.note(pitch, velocity, held_seconds + .1, .5).audio;
    const auto mono = (to_tensor(audio.left) + to_tensor(audio.right)) / 2;
    return found_in(mono, refine_f0(mono, 440 * std::exp2((pitch - 69) / 12.)));
}

double steady(double) { return 0; }

// How many of six notes of a preset have vibrato, and their mean depth in cents.
std::pair<int, double> count_in(int program) {
    const auto source = open_source(font + ":0:" + std::to_string(program));
    int count = 0;
    double sum = 0;
    for (const int pitch : {48, 55, 60, 64, 69, 72})
        if (const auto vibrato = found_in(*source, pitch, 100); vibrato.present()) ++count, sum += vibrato.depth;
    return {count, count > 0 ? sum / count : 0};
}

} // namespace

BOOST_AUTO_TEST_SUITE(vibrato)

BOOST_AUTO_TEST_CASE(synthetic_vibrato_is_measured) {
    const struct {
        double f0, rate, depth, delay;
    } cases[] = {{c4, 5.5, 30, .4}, {55, 5.5, 30, .4}, {880, 5.5, 30, .4},
                 {c4, 8, 10, 0},    {c4, 3.5, 50, .8}, {c4, 6, 4, 0}};
    for (const auto& given : cases) {
        const auto found = found_in(tone(given.f0, vibrato_curve(given.rate, given.depth, given.delay)), given.f0);
        BOOST_TEST_MESSAGE(given.f0 << " Hz: " << found.depth << " cents, " << found.rate << " Hz, " << found.delay);
        BOOST_TEST(std::abs(found.depth - given.depth) < .05 * given.depth);
        BOOST_TEST(std::abs(found.rate - given.rate) < .02 * given.rate);
        BOOST_TEST(std::abs(found.delay - given.delay) < .1);
        const double late = (found.phase + found.rate * 1.5) - given.rate * (1.5 - given.delay); // turns, at 1.5 s
        BOOST_TEST(std::abs(late - std::round(late)) < .03);
    }
}

BOOST_AUTO_TEST_CASE(vibrato_is_found_in_noisy_and_decaying_tones) {
    const auto noisy = tone(c4, vibrato_curve(5.5, 30, .4));
    const auto found = found_in(noisy + .05 * white_noise(noisy.size(0), 3)[0], c4);
    BOOST_TEST(std::abs(found.depth - 30) < 2);
    const auto dying = found_in(tone(c4, vibrato_curve(5.5, 20, 0), [](double t) { return std::exp(-3 * t); }), c4);
    BOOST_TEST(std::abs(dying.depth - 20) < 1);
}

BOOST_AUTO_TEST_CASE(steady_drifting_or_random_pitch_has_no_vibrato) {
    const auto still = tone(c4, steady);
    BOOST_TEST(!found_in(still, c4).present());
    BOOST_TEST(!found_in(still + .05 * white_noise(still.size(0), 4)[0], c4).present());
    BOOST_TEST(!found_in(.01 * white_noise(5 * model_rate / 2, 5)[0], c4).present());
    BOOST_TEST(!found_in(torch::zeros({5 * model_rate / 2}), c4).present());
    BOOST_TEST(!found_in(torch::zeros({100}), c4).present());
    const auto tremolo = [](double t) { return 1 + .5 * std::sin(2 * std::numbers::pi * 6 * t); };
    BOOST_TEST(!found_in(tone(c4, steady, tremolo), c4).present());
    BOOST_TEST(!found_in(tone(c4, [](double t) { return -60 * std::exp(-5 * t); }), c4).present());
    BOOST_TEST(!found_in(tone(c4, vibrato_curve(1.5, 30, 0)), c4).present());
    std::mt19937 random(2);
    std::normal_distribution<double> step;
    std::vector<double> walk{0};
    for (int i = 0; i < 3000; ++i) walk.push_back(.99 * walk.back() + .8 * step(random));
    BOOST_TEST(!found_in(tone(c4, [&](double t) { return walk[size_t(1000 * t)]; }), c4).present());
}

BOOST_AUTO_TEST_CASE(beating_is_not_vibrato) {
    for (const double f0 : {130.8, c4, 523.3})
        for (const auto& [beats, level] : {std::pair{4., .8}, {6., .5}, {8., .9}}) {
            const double apart = 1200 * std::log2(1 + beats / f0);
            const auto both = tone(f0, [=](double) { return -apart / 2; }) +
                              level * tone(
                                          f0, [=](double) { return apart / 2; }, [](double) { return 1.; }, .2);
            BOOST_TEST(!found_in(both, f0).present(), f0 << " Hz, " << beats << " beats");
        }
}

BOOST_AUTO_TEST_CASE(vibrato_is_found_in_instruments_that_have_it) {
    for (const int program : {40, 42, 65, 73}) { // violin, cello, saxophone, flute
        const auto [count, depth] = count_in(program);
        BOOST_TEST_MESSAGE(program << ": " << count << " of 6 notes, " << depth << " cents");
        BOOST_TEST(count >= 4, program << ": " << count);
        BOOST_TEST((depth > 5 && depth < 20));
    }
    for (const int program :
         {0, 12, 19, 24, 52, 48}) // piano, marimba, organ, guitar; choir and strings are many at once
        BOOST_TEST(count_in(program).first == 0, program);
}

BOOST_AUTO_TEST_CASE(a_bank_stores_vibrato_for_each_corner) {
    const auto folder = fs::temp_directory_path() / ("timbrel-vibrato-" + std::to_string(getpid()));
    fs::create_directories(folder);
    PlaneRecipe recipe;
    for (const auto& [name, curve] :
         {std::pair{"bowed_A4.wav", vibrato_curve(5.5, 30, .4)}, {"blown_A4.wav", PitchCurve(steady)}}) {
        const auto x = tone(440, curve);
        const std::vector<float> samples(x.data_ptr<float>(), x.data_ptr<float>() + x.numel());
        write_audio(folder / name, {double(model_rate), samples, samples});
        recipe.sources.push_back(folder / name);
    }
    recipe.down = 1;
    recipe.grid = 3;
    recipe.pitches = {69};
    recipe.velocities = {100};
    recipe.model = TIMBREL_TEST_MODEL;
    const std::string path = folder / "line.timbrel";
    bake(recipe, {}, torch::kCPU, path);
    const auto bank = Bank::open(path);
    const BankCorners corners(*bank);
    const BankVibrato kept(*bank, corners);
    const auto at = [&](float column) {
        VibratoMix mix;
        kept.add(mix, 0, column, 0, 1);
        return mix.result();
    };
    BOOST_TEST(std::abs(at(0).depth - 30) < 1.5f);
    BOOST_TEST(std::abs(std::exp2(at(0).rate_octaves) - 5.5f) < .1f);
    BOOST_TEST(std::abs(at(0).delay - .4f) < .1f);
    BOOST_TEST(at(2).depth == 0);
    BOOST_TEST(std::abs(at(1).depth - at(0).depth / 2) < .01f);
    BOOST_TEST(at(1).rate_octaves == at(0).rate_octaves);
    fs::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
