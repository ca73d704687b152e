// A plane under the finger, its corners four instruments that training never saw: along straight ways loudness,
// brightness, attack and decay go from one end's to the other's, in steps that are alike.
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

BOOST_AUTO_TEST_CASE(straight_ways_are_even) {
    const torch::NoGradGuard no_grad;
    const auto recipe = square();
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = open_network(recipe.model, torch::kCPU);
    for (size_t p = 0; p < recipe.pitches.size(); ++p) {
        const auto plan = sources.plan(p);
        const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), plan, torch::kCPU);
        const auto ways = judge_ways(recipe, note, plan.loop);
        BOOST_TEST(ways.size() == 7u);
        for (const WayTruth& way : ways) BOOST_TEST_CONTEXT("key " << recipe.pitches[p] << ", " << way.name) {
                BOOST_TEST_MESSAGE("key " << recipe.pitches[p] << ", " << way.name << ": loudness off the line by "
                                          << way.uneven << " dB, largest step " << way.largest_step
                                          << " of the mean; back by " << way.brightness_back << " ERB, "
                                          << 100 * way.attack_back << " % of attack, " << way.decay_back
                                          << " dB of decay");
                BOOST_TEST(way.uneven < (way.edge ? .5 : 1.));
                BOOST_TEST(way.largest_step < 2.5);
                if (!way.edge) continue; // the other corners have their say
                BOOST_TEST(way.brightness_back < .35);
                BOOST_TEST(way.attack_back < .25);
                BOOST_TEST(way.decay_back < .6);
            }
    }
}

// Pairs that are hard each in its way: one swells while the other dies away, one is struck and the other blown.
BOOST_AUTO_TEST_CASE(half_way_between_struck_and_held_dies_half_as_fast) {
    const torch::NoGradGuard no_grad;
    for (const auto& [struck, held] : {std::pair{24, 89}, {104, 60}, {12, 16}})
        BOOST_TEST_CONTEXT("programs " << struck << " and " << held) {
            PlaneRecipe recipe;
            recipe.sources = {font + ":0:" + std::to_string(struck), font + ":0:" + std::to_string(held)};
            recipe.down = 1;
            recipe.pitches = {48, 60};
            recipe.velocities = {100};
            const PlaneSources sources(recipe, torch::kCPU);
            const auto network = open_network(TIMBREL_TEST_MODEL, torch::kCPU);
            const auto late = judge_between(sources, network, torch::kCPU)["network"]["late_index"];
            BOOST_TEST_MESSAGE("programs " << struck << " and " << held << ": late index " << late.dump());
            BOOST_TEST(late["least"].get<double>() > .35);
            BOOST_TEST(late["most"].get<double>() < .65);
            for (size_t p = 0; p < recipe.pitches.size(); ++p) {
                const auto plan = sources.plan(p);
                const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), plan, torch::kCPU);
                for (const WayTruth& way : judge_ways(recipe, note, plan.loop)) {
                    BOOST_TEST_MESSAGE("  loudness off the line by " << way.uneven << " dB, back by "
                                                                     << way.brightness_back << " ERB, "
                                                                     << 100 * way.attack_back << " % of attack");
                    BOOST_TEST(way.uneven < .5);
                    BOOST_TEST(way.brightness_back < .35);
                    BOOST_TEST(way.attack_back < .25);
                }
            }
        }
}

// What two bright sounds have in common, the mean of their levels in dB, is dull.
BOOST_AUTO_TEST_CASE(between_two_bright_sounds_none_is_dull) {
    const torch::NoGradGuard no_grad;
    const double f0 = 220, seconds = 2;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto corner = [&](int has) { // of every two high partials the one
        std::vector<double> hz{f0, 2 * f0}, amplitude{.1, .1};
        for (int k = 12; k < 24; ++k) hz.push_back(k * f0), amplitude.push_back(k % 2 == has ? .05 : .005);
        return corner_of(test::tones(hz, amplitude, seconds + .1).repeat({2, 1}), f0, f0, hops, torch::kCPU);
    };
    const std::vector corners{corner(0), corner(1)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(Autoencoder(), corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    PlaneRecipe line;
    line.down = 1;
    const auto way = judge_ways(line, note, plan.loop).at(0);
    BOOST_TEST_MESSAGE("back by " << way.brightness_back << " ERB");
    BOOST_TEST(way.brightness_back < .3);
}

// A piano's hammer, which partials and the residual share between them.
BOOST_AUTO_TEST_CASE(an_attack_is_as_loud_as_it_was_recorded) {
    const torch::NoGradGuard no_grad;
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:0", font + ":0:12"};
    recipe.down = 1;
    recipe.pitches = {60, 72, 80};
    recipe.velocities = {110};
    recipe.imagine = 0;
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = open_network(TIMBREL_TEST_MODEL, torch::kCPU);
    const auto peaks = [](const Tensor& sound) { return sound.slice(1, 0, int64_t(.03 * model_rate)).abs().amax(1); };
    for (size_t p = 0; p < recipe.pitches.size(); ++p) {
        const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), sources.plan(p), torch::kCPU);
        const auto cells = note.render(torch::eye(2)).sound;
        for (int64_t corner = 0; corner < 2; ++corner) {
            const auto louder = peaks(cells[corner]) / peaks(sources.original(size_t(corner), p, 0));
            BOOST_TEST_CONTEXT("key " << recipe.pitches[p] << ", corner " << corner) {
                BOOST_TEST(louder.max().item<float>() < 1.6f);
                BOOST_TEST(louder.min().item<float>() > .6f);
            }
        }
    }
}

// This pad was recorded with an offset.
BOOST_AUTO_TEST_CASE(no_block_is_heard_in_a_loop) {
    const torch::NoGradGuard no_grad;
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:89", font + ":0:71"};
    recipe.down = 1;
    recipe.pitches = {60};
    recipe.velocities = {100};
    recipe.imagine = 0;
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = open_network(TIMBREL_TEST_MODEL, torch::kCPU);
    const auto plan = sources.plan(0);
    const PlaneNote note(network, sources.corners(0)[0], sources.setting(0, 0), plan, torch::kCPU);
    const auto pad = note.render(torch::eye(2)).sound[0][0].slice(0, plan.loop.start * hop, plan.loop.end * hop);
    const double blocks = double(model_rate) / hop, fundamental = 440 * std::exp2((60 - 69) / 12.);
    const double hum = test::decibels(test::amplitude_at(pad, blocks) / test::amplitude_at(pad, fundamental));
    BOOST_TEST_MESSAGE("the blocks' rate at " << hum << " dB re the fundamental");
    BOOST_TEST(hum < -45);
}

// As much of it as a source leaves in a recording.
BOOST_AUTO_TEST_CASE(a_slight_offset_does_not_hum_in_a_loop) {
    const torch::NoGradGuard no_grad;
    const double f0 = 262, seconds = 2;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto tone = test::tones({f0, 2 * f0}, {.2, .1}, seconds + .1).repeat({2, 1});
    const std::vector corners{corner_of(tone + .003 * tone.max(), f0, f0, hops, torch::kCPU)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(Autoencoder(), corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto loop = note.render(torch::ones({1, 1})).sound[0][0].slice(0, plan.loop.start * hop, plan.loop.end * hop);
    const double blocks = double(model_rate) / hop;
    const double hum = test::decibels(test::amplitude_at(loop, blocks) / test::amplitude_at(loop, f0));
    BOOST_TEST_MESSAGE("the blocks' rate at " << hum << " dB re the fundamental");
    BOOST_TEST(hum < -60);
}

// One corner is quiet but for crackle that nobody hears; the other one hisses.
BOOST_AUTO_TEST_CASE(what_is_inaudible_in_a_corner_is_not_heard_beside_it) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(1);
    const double f0 = 220, seconds = 2;
    const auto tone = test::tones({f0, 2 * f0, 3 * f0}, {.3, .2, .1}, seconds + .1).repeat({2, 1});
    const auto hiss = torch::randn_like(tone);
    const auto place = torch::arange(tone.size(1)).remainder(model_rate / 4);
    const auto crackling = (place < model_rate / 50).to(torch::kFloat) * 3e-5 + 1e-7;
    const auto hops = int64_t(seconds * frames_per_second);
    const std::vector corners{corner_of(tone + hiss * crackling, f0, f0, hops, torch::kCPU),
                              corner_of(tone + hiss * 1e-3, f0, f0, hops, torch::kCPU)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(Autoencoder(), corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto middle = note.render(torch::full({1, 2}, .5)).sound[0];

    // Power above 3 kHz, where there is no tone, in blocks of 20 ms.
    const auto spectra = torch::fft_rfft(middle.slice(1, model_rate / 4).unfold(1, 960, 960) * torch::hann_window(960));
    const auto power = spectra.abs().square().slice(2, 3000 / 50).sum(2).sum(0);
    const double crest = test::decibels(std::sqrt((power.max() / power.median()).item<double>()));
    BOOST_TEST_MESSAGE("the loudest block of hiss " << crest << " dB over the middle one");
    BOOST_TEST(crest < 5);
}

// Two tones in a partial of one corner, as players in a section: they cancel each other three times a second.
BOOST_AUTO_TEST_CASE(half_way_to_a_chorus_nothing_bursts) {
    const torch::NoGradGuard no_grad;
    const double f0 = 262, seconds = 2;
    const auto hops = int64_t(seconds * frames_per_second);
    const auto corner = [&](double apart) {
        const auto tone = test::tones({f0 - apart, f0 + apart, 2 * f0}, {.1, .1, .2}, seconds + .1);
        return corner_of(tone.repeat({2, 1}), f0, f0, hops, torch::kCPU);
    };
    const std::vector corners{corner(1.5), corner(0)};
    const auto plan = plan_oscillators({corners}, f0, hops);
    const PlaneNote note(Autoencoder(), corners, {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto middle = note.render(torch::full({1, 2}, .5)).sound[0][0];

    constexpr int64_t size = 4096;
    const auto bin = [](double hz) { return std::lround(hz * size / model_rate); };
    const auto level =
        torch::fft_rfft(middle.slice(0, model_rate / 4).unfold(0, size, hop) * torch::hann_window(size)).abs();
    const double beside = level.slice(1, bin(1.3 * f0), bin(1.7 * f0)).max().item<double>();
    const double burst = test::decibels(beside / level.max().item<double>());
    BOOST_TEST_MESSAGE("between two partials " << burst << " dB");
    BOOST_TEST(burst < -50);
}

BOOST_AUTO_TEST_SUITE_END()
