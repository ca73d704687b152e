// SPDX-License-Identifier: GPL-3.0-or-later
// The movement of a recording's pitch, and its way through a bank into what a voice plays.
#include "models/analysis/pitch_movement.h"
#include "models/bake/baker.h"
#include "models/bake/bank_cells.h"
#include "models/synthesis/pitch_loop.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "tests/common/temporary_folder.h"
#include "tests/models/test_support.h"
#include "tests/plugin/engine/support/player.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <functional>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;
using namespace timbrel::test;
using engine::Bank;
using engine::Parameter;

namespace {

constexpr int key = 69;
using PitchCurve = std::function<double(double seconds)>; // cents

double hertz(double pitch) { return 440 * std::exp2((pitch - 69) / 12); }

// From 80 cents below within 150 ms, with a late vibrato, wobbling and falling by 15 cents a second.
double sung(double t) {
    const double rise = std::max(0., 1 - t / .15), turns = 2 * std::numbers::pi * t;
    return -80 * rise * rise + 25 * std::clamp((t - .4) / .2, 0., 1.) * std::sin(5.5 * turns) +
           3 * std::sin(9.3 * turns) + 10 - 15 * t;
}

// Eight harmonics 1/n whose pitch follows a curve.
Tensor tone(const PitchCurve& cents, double seconds = 3) {
    std::vector<double> turns{0};
    for (int i = 1; i < int(seconds * model_rate); ++i) {
        const double step = hertz(key) * std::exp2(cents(double(i) / model_rate) / 1200) / model_rate;
        turns.push_back(turns.back() + step - std::floor(turns.back()));
    }
    const auto angle = torch::tensor(turns) * (2 * std::numbers::pi);
    const auto rise = (torch::arange(angle.size(0), torch::kDouble) / (.02 * model_rate)).clamp_max(1);
    auto x = torch::zeros_like(angle);
    for (int n = 1; n <= 8; ++n) x += .2 / n * torch::cos(angle * n + double(n * n));
    return (x * rise).to(torch::kFloat);
}

// Cents from f0 at each hop.
std::vector<double> pitch_of(const Tensor& mono, double f0) {
    const auto h = track_harmonics(mono, f0, mono.size(0) / hop);
    const auto mean = (h.deviation * h.weight).sum(1) / h.weight.sum(1).clamp_min(1e-20);
    std::vector<double> cents;
    for (int64_t t = 0; t < mean.size(0); ++t) cents.push_back(1200 * std::log2(1 + mean[t].item<double>() / f0));
    return cents;
}

// A line of two corners, both this sound at A4.
std::shared_ptr<const Bank> baked(const Tensor& sound, std::vector<int> pitches, Tuning tuning = Tuning::key) {
    const TemporaryFolder folder;
    const std::vector<float> samples(sound.data_ptr<float>(), sound.data_ptr<float>() + sound.numel());
    write_audio(folder.file("sung_A4.wav"), {double(model_rate), samples, samples});
    PlaneRecipe recipe;
    recipe.sources = {folder.file("sung_A4.wav"), folder.file("sung_A4.wav")};
    recipe.down = 1;
    recipe.grid = 2;
    recipe.pitches = std::move(pitches);
    recipe.velocities = {100};
    recipe.model = TIMBREL_TEST_MODEL;
    recipe.tuning = tuning;
    bake(recipe, {}, torch::kCPU, folder.file("line.timbrel"));
    return Bank::open(folder.file("line.timbrel"));
}

std::vector<double> played(std::shared_ptr<const Bank> bank, int pitch, double seconds, float amount = 100) {
    Player player(std::move(bank));
    player.set(Parameter::x, 0);
    player.set(Parameter::natural_pitch, amount);
    player.set(Parameter::natural_vibrato, amount);
    player.note_on(pitch);
    player.play(uint32_t(seconds * model_rate));
    return pitch_of(torch::from_blob(player.left.data(), {int64_t(player.left.size())}).clone(), hertz(pitch));
}

// The largest difference of two curves from `from` to `to` seconds, but for a constant one.
double largest_difference(const std::vector<double>& a, const std::vector<double>& b, double from, double to) {
    std::vector<double> difference;
    for (auto t = size_t(from * frames_per_second); t < size_t(to * frames_per_second); ++t)
        difference.push_back(a.at(t) - b.at(t));
    std::vector<double> sorted = difference;
    std::ranges::sort(sorted);
    const double middle = sorted[sorted.size() / 2];
    return std::max(sorted.back() - middle, middle - sorted.front());
}

double mean_between(const std::vector<double>& x, double from, double to) {
    double sum = 0;
    const auto first = size_t(from * frames_per_second), last = size_t(to * frames_per_second);
    for (size_t t = first; t < last; ++t) sum += x.at(t);
    return sum / double(last - first);
}

} // namespace

BOOST_AUTO_TEST_SUITE(pitch_movement_of_corners)

BOOST_AUTO_TEST_CASE(a_corner_moves_as_its_recording) {
    const auto sound = tone(sung);
    const auto bank = baked(sound, {key});
    const auto wanted = pitch_of(sound, hertz(key));
    const double error = largest_difference(played(bank, key, 1.1), wanted, .03, 1),
                 flat = largest_difference(played(bank, key, 1.1, 0), wanted, .03, 1);
    BOOST_TEST_MESSAGE("off by " << error << " cents, at constant pitch by " << flat);
    BOOST_TEST(error < 10);
    BOOST_TEST(flat > 40);
}

BOOST_AUTO_TEST_CASE(a_transposed_corner_moves_at_the_pace_of_its_recording) {
    const auto sound = tone(sung);
    const auto wanted = pitch_of(sound, hertz(key));
    const double error = largest_difference(played(baked(sound, {key + 3}), key + 3, 1.1), wanted, .03, 1);
    BOOST_TEST_MESSAGE("off by " << error << " cents");
    BOOST_TEST(error < 10);
}

BOOST_AUTO_TEST_CASE(a_held_note_stays_at_its_key) {
    const auto cents = played(baked(tone(sung), {key}), key, 8);
    for (double second = 2; second < 7; ++second) {
        BOOST_TEST(std::abs(mean_between(cents, second, second + 1)) < 2);
        BOOST_TEST(largest_difference(cents, std::vector<double>(cents.size()), second, second + 1) < 35);
    }
}

BOOST_AUTO_TEST_CASE(a_steady_recording_has_no_track) {
    BOOST_TEST(!baked(tone([](double) { return 0; }), {key})->metadata().contains("pitch_tracks"));
}

BOOST_AUTO_TEST_CASE(corners_keep_the_tuning_of_their_recordings_on_request) {
    const auto sharp = tone([](double) { return 20; });
    for (const auto& [tuning, cents] : {std::pair{Tuning::key, 0.}, {Tuning::as_recorded, 20.}}) {
        const auto bank = baked(sharp, {key, key + 2}, tuning);
        for (const int pitch : {key, key + 2})
            BOOST_TEST(std::abs(mean_between(played(bank, pitch, 3.1), .2, 3) - cents) < 2);
        BOOST_TEST((read_recipe(*bank).tuning == tuning));
    }
}

BOOST_AUTO_TEST_CASE(a_closed_track_joins_itself) {
    const LoopRange loop{100, 300};
    std::vector<float> cents;
    for (int k = 0; k <= 310; ++k) cents.push_back(float(30 - .1 * k + 10 * std::sin(.07 * k)));
    const auto track = close_pitch(cents, loop);
    BOOST_TEST(track.size() == 301u);
    BOOST_TEST(track[300] == track[100]);
    double sum = 0, largest = 0;
    for (size_t k = 1; k <= 300; ++k) largest = std::max(largest, std::abs(double(track[k]) - track[k - 1]));
    for (size_t k = 100; k < 300; ++k) sum += track[k];
    BOOST_TEST(largest < 2);
    BOOST_TEST(std::abs(sum / 200) < 2);
    BOOST_TEST(track[0] == cents[0]);
    BOOST_TEST(close_pitch({}, loop).empty());
}

BOOST_AUTO_TEST_SUITE_END()
