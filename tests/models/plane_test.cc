// SPDX-License-Identifier: GPL-3.0-or-later
// Positions between corners: on straight paths across a plane of four instruments outside the training data, loudness,
// brightness, attack and decay are monotone and change in similar steps. Then single cases that once failed.
#include "models/bake/baker.h"
#include "models/evaluation/layer_distance.h"
#include "models/evaluation/path_monotonicity.h"
#include "models/morph/corner_note.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

PlaneRecipe square() {
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:71", font + ":0:48", font + ":0:24",
                      font + ":0:12"}; // clarinet strings guitar marimba
    recipe.pitches = {48, 60, 72};
    recipe.velocities = {100};
    recipe.model = TIMBREL_TEST_MODEL;
    return recipe;
}

} // namespace

BOOST_AUTO_TEST_SUITE(plane)

BOOST_AUTO_TEST_CASE(straight_paths_are_monotone) {
    const torch::NoGradGuard no_grad;
    const auto recipe = square();
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = load_note_model(recipe.model, torch::kCPU);
    for (size_t p = 0; p < recipe.pitches.size(); ++p) {
        const auto plan = sources.plan(p);
        const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), plan, torch::kCPU);
        const auto paths = evaluate_paths(recipe, note, plan.loop);
        BOOST_TEST(paths.size() == 7u);
        for (const PathMonotonicity& path : paths)
            BOOST_TEST_CONTEXT("key " << recipe.pitches[p] << ", " << path.name) {
                BOOST_TEST_MESSAGE("key " << recipe.pitches[p] << ", " << path.name << ": loudness off the line by "
                                          << path.loudness_deviation << " dB, largest step " << path.largest_step
                                          << " of the mean; reversals " << path.brightness_reversal << " ERB, "
                                          << 100 * path.attack_reversal << " % of attack, " << path.decay_reversal
                                          << " dB of decay");
                BOOST_TEST(path.loudness_deviation < (path.edge ? .5 : 1.));
                BOOST_TEST(path.largest_step < 2.5);
                if (!path.edge) continue; // the other corners contribute
                BOOST_TEST(path.brightness_reversal < .35);
                BOOST_TEST(path.attack_reversal < .25);
                BOOST_TEST(path.decay_reversal < .6);
            }
    }
}

// Difficult pairs: a guitar and a pad that swells, a sitar and a French horn, a marimba and an organ.
BOOST_AUTO_TEST_CASE(halfway_between_decaying_and_sustained_decays_half_as_fast) {
    const torch::NoGradGuard no_grad;
    for (const auto& [struck, sustained] : {std::pair{24, 89}, {104, 60}, {12, 16}})
        BOOST_TEST_CONTEXT("programs " << struck << " and " << sustained) {
            PlaneRecipe recipe;
            recipe.sources = {font + ":0:" + std::to_string(struck), font + ":0:" + std::to_string(sustained)};
            recipe.down = 1;
            recipe.pitches = {48, 60};
            recipe.velocities = {100};
            const PlaneSources sources(recipe, torch::kCPU);
            const auto network = load_note_model(TIMBREL_TEST_MODEL, torch::kCPU);
            const auto late = evaluate_layer_distance(sources, network, torch::kCPU)["network"]["late_index"];
            BOOST_TEST_MESSAGE("programs " << struck << " and " << sustained << ": late index " << late.dump());
            BOOST_TEST(late["least"].get<double>() > .35);
            BOOST_TEST(late["most"].get<double>() < .65);
            for (size_t p = 0; p < recipe.pitches.size(); ++p) {
                const auto plan = sources.plan(p);
                const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), plan, torch::kCPU);
                for (const PathMonotonicity& path : evaluate_paths(recipe, note, plan.loop)) {
                    BOOST_TEST_MESSAGE("  loudness off the line by " << path.loudness_deviation << " dB, reversals "
                                                                     << path.brightness_reversal << " ERB, "
                                                                     << 100 * path.attack_reversal << " % of attack");
                    BOOST_TEST(path.loudness_deviation < .5);
                    BOOST_TEST(path.brightness_reversal < .35);
                    BOOST_TEST(path.attack_reversal < .25);
                }
            }
        }
}

// A dB mean of two bright sounds with different partials is dull.
BOOST_AUTO_TEST_CASE(the_middle_of_two_bright_sounds_is_bright) {
    const torch::NoGradGuard no_grad;
    const double f0 = 220, seconds = 2;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto corner = [&](int parity) { // every second high partial
        std::vector<double> hz{f0, 2 * f0}, amplitude{.1, .1};
        for (int k = 12; k < 24; ++k) hz.push_back(k * f0), amplitude.push_back(k % 2 == parity ? .05 : .005);
        return make_corner_note(test::tones(hz, amplitude, seconds + .1).repeat({2, 1}), f0, f0, hops, torch::kCPU);
    };
    const std::vector corners{corner(0), corner(1)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(nullptr, corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    PlaneRecipe line;
    line.down = 1;
    const auto path = evaluate_paths(line, note, plan.loop).at(0);
    BOOST_TEST_MESSAGE("reversal " << path.brightness_reversal << " ERB");
    BOOST_TEST(path.brightness_reversal < .3);
}

// Two sounds of opposite stereo image: at the corners it is that of the recordings, and cells side by side crossfade
// without a loss.
BOOST_AUTO_TEST_CASE(the_stereo_image_is_kept_and_moves_evenly) {
    const torch::NoGradGuard no_grad;
    constexpr double f0 = 220, seconds = 2, phase = 2.5;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto corner = [&](double left_phase) {
        const auto t = torch::arange(int64_t((seconds + .1) * model_rate), torch::kDouble) / double(model_rate);
        auto left = torch::zeros_like(t), right = torch::zeros_like(t);
        for (int k = 1; k < 20; ++k) {
            const auto angle = t * (2 * std::numbers::pi * k * f0) + double(k * k);
            left += .1 / k * torch::cos(angle + left_phase / 2);
            right += .1 / k * torch::cos(angle - left_phase / 2);
        }
        return make_corner_note(torch::stack({left, right}).to(torch::kFloat), f0, f0, hops, torch::kCPU);
    };
    const std::vector corners{corner(phase), corner(-phase)};
    const PlaneNote note(nullptr, corners, {f0, 100, 0, 0}, plan_oscillators({corners}, f0, hops), torch::kCPU);
    const auto east = torch::tensor({0.f, 3 / 8.f, 3.5f / 8, 4 / 8.f, 1.f});
    const auto cells = note.render(torch::stack({1 - east, east}, 1)).sound.slice(2, model_rate / 2, model_rate);
    const auto correlation = [&](int64_t i) {
        const auto x = cells[i].to(torch::kDouble), power = x.square().sum(1);
        return ((x[0] * x[1]).sum() / (power[0] * power[1]).sqrt()).item<double>();
    };
    BOOST_TEST(std::abs(correlation(0) - std::cos(phase)) < .05);
    BOOST_TEST(std::abs(correlation(4) - std::cos(phase)) < .05);
    BOOST_TEST(correlation(3) > .95);
    BOOST_TEST(test::difference_db(cells[2], (cells[1] + cells[3]) / 2) < -30);
}

// The knock of a piano's hammer is divided between partials and residual.
BOOST_AUTO_TEST_CASE(attacks_are_as_loud_as_recorded) {
    const torch::NoGradGuard no_grad;
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:0", font + ":0:12"};
    recipe.down = 1;
    recipe.pitches = {60, 72, 80};
    recipe.velocities = {110};
    recipe.network_amount = 0;
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = load_note_model(TIMBREL_TEST_MODEL, torch::kCPU);
    const auto peaks = [](const Tensor& sound) { return sound.slice(1, 0, int64_t(.03 * model_rate)).abs().amax(1); };
    for (size_t p = 0; p < recipe.pitches.size(); ++p) {
        const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), sources.plan(p), torch::kCPU);
        const auto cells = note.render(torch::eye(2)).sound;
        for (int64_t corner = 0; corner < 2; ++corner) {
            const auto ratio = peaks(cells[corner]) / peaks(sources.original(size_t(corner), p, 0));
            BOOST_TEST_CONTEXT("key " << recipe.pitches[p] << ", corner " << corner) {
                BOOST_TEST(ratio.max().item<float>() < 1.6f);
                BOOST_TEST(ratio.min().item<float>() > .6f);
            }
        }
    }
}

// This pad was recorded with a DC offset, which must not become a tone at the hop rate.
BOOST_AUTO_TEST_CASE(loops_have_no_tone_at_the_hop_rate) {
    const torch::NoGradGuard no_grad;
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:89", font + ":0:71"};
    recipe.down = 1;
    recipe.pitches = {60};
    recipe.velocities = {100};
    recipe.network_amount = 0;
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = load_note_model(TIMBREL_TEST_MODEL, torch::kCPU);
    const auto plan = sources.plan(0);
    const PlaneNote note(network, sources.corners(0)[0], sources.setting(0, 0), plan, torch::kCPU);
    const auto pad = note.render(torch::eye(2)).sound[0][0].slice(0, plan.loop.start * hop, plan.loop.end * hop);
    const double hop_rate = double(model_rate) / hop, fundamental = 440 * std::exp2((60 - 69) / 12.);
    const double hum = test::amplitude_db(test::amplitude_at(pad, hop_rate) / test::amplitude_at(pad, fundamental));
    BOOST_TEST_MESSAGE("tone at the hop rate: " << hum << " dB re the fundamental");
    BOOST_TEST(hum < -45);
}

// A DC offset as small as sources leave in recordings.
BOOST_AUTO_TEST_CASE(a_dc_offset_causes_no_tone_at_the_hop_rate) {
    const torch::NoGradGuard no_grad;
    const double f0 = 262, seconds = 2;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto tone = test::tones({f0, 2 * f0}, {.2, .1}, seconds + .1).repeat({2, 1});
    const std::vector corners{make_corner_note(tone + .003 * tone.max(), f0, f0, hops, torch::kCPU)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(nullptr, corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto loop = note.render(torch::ones({1, 1})).sound[0][0].slice(0, plan.loop.start * hop, plan.loop.end * hop);
    const double hop_rate = double(model_rate) / hop;
    const double hum = test::amplitude_db(test::amplitude_at(loop, hop_rate) / test::amplitude_at(loop, f0));
    BOOST_TEST_MESSAGE("tone at the hop rate: " << hum << " dB re the fundamental");
    BOOST_TEST(hum < -60);
}

// One corner has inaudible crackle, the other one hisses.
BOOST_AUTO_TEST_CASE(inaudible_crackle_of_a_corner_does_not_shape_the_noise_between) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    const double f0 = 220, seconds = 2;
    const auto tone = test::tones({f0, 2 * f0, 3 * f0}, {.3, .2, .1}, seconds + .1).repeat({2, 1});
    const auto hiss = torch::randn_like(tone);
    const auto position = torch::arange(tone.size(1)).remainder(model_rate / 4);
    const auto crackling = (position < model_rate / 50).to(torch::kFloat) * 3e-5 + 1e-7;
    const auto hops = int64_t(seconds * frames_per_second);
    const std::vector corners{make_corner_note(tone + hiss * crackling, f0, f0, hops, torch::kCPU),
                              make_corner_note(tone + hiss * 1e-3, f0, f0, hops, torch::kCPU)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(nullptr, corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto middle = note.render(torch::full({1, 2}, .5)).sound[0];

    // Power above 3 kHz, where there is no tone, in blocks of 20 ms.
    const auto spectra = torch::fft_rfft(middle.slice(1, model_rate / 4).unfold(1, 960, 960) * torch::hann_window(960));
    const auto power = spectra.abs().square().slice(2, 3000 / 50).sum(2).sum(0);
    const double crest = test::amplitude_db(std::sqrt((power.max() / power.median()).item<double>()));
    BOOST_TEST_MESSAGE("the loudest block of hiss " << crest << " dB over the median");
    BOOST_TEST(crest < 5);
}

// Two tones in one partial of a corner, as of two players, cancel each other three times a second.
BOOST_AUTO_TEST_CASE(beating_partials_of_a_corner_cause_no_bursts_between) {
    const torch::NoGradGuard no_grad;
    const double f0 = 262, seconds = 2;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto corner = [&](double detuning) {
        const auto tone = test::tones({f0 - detuning, f0 + detuning, 2 * f0}, {.1, .1, .2}, seconds + .1);
        return make_corner_note(tone.repeat({2, 1}), f0, f0, hops, torch::kCPU);
    };
    const std::vector corners{corner(1.5), corner(0)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(nullptr, corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto middle = note.render(torch::full({1, 2}, .5)).sound[0][0];

    constexpr int64_t size = 4096;
    const auto bin = [](double hz) { return std::lround(hz * size / model_rate); };
    const auto level =
        torch::fft_rfft(middle.slice(0, model_rate / 4).unfold(0, size, hop) * torch::hann_window(size)).abs();
    const double between = level.slice(1, bin(1.3 * f0), bin(1.7 * f0)).max().item<double>();
    const double burst = test::amplitude_db(between / level.max().item<double>());
    BOOST_TEST_MESSAGE("between two partials " << burst << " dB");
    BOOST_TEST(burst < -50);
}

BOOST_AUTO_TEST_SUITE_END()
