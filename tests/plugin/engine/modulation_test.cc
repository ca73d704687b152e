// SPDX-License-Identifier: GPL-3.0-or-later
// Modulation of the position by key, velocity, orbit and random walk; and the layer of corners below the blend.
#define BOOST_TEST_MODULE modulation
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

struct TwoTonePlayer : Player {
    explicit TwoTonePlayer(uint32_t block = 64) : Player(two_tone_bank(), 48000.0, block) {
        set(Parameter::velocity_sensitivity, 0.0f);
    }
    std::span<const float> last(uint32_t frames) const { return std::span(left).last(frames); }
};

constexpr uint32_t window = 240; // frames of one measurement of the position: whole periods of both tones

struct MeasuredPath {
    std::vector<float> x, y; // 200 per second
};

MeasuredPath measure_path(std::span<const float> sound) {
    MeasuredPath path;
    for (size_t n = 0; n + window <= sound.size(); n += window) {
        path.x.push_back(static_cast<float>(measure_x(sound.subspan(n, window))));
        path.y.push_back(static_cast<float>(measure_y(sound.subspan(n, window))));
    }
    return path;
}

// 5 × 5 cells. Each corner has a different tone, a multiple of `corner_tone` counted from the north-west; all other
// cells have `inner_tone`.
constexpr double corner_tone = 1000.0, inner_tone = 7000.0;
SyntheticBank corner_bank() {
    SyntheticBank bank;
    bank.columns = bank.rows = 5;
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) {
        const bool corner = at.column % 4 == 0 && at.row % 4 == 0;
        return 0.4 * sine(corner ? corner_tone * (1 + at.column / 4 + at.row / 2) : inner_tone, at.frame);
    };
    return bank;
}

double level(const Player& player, double hertz) {
    return fit_sinusoid(std::span(player.left).last(4800), hertz).amplitude / 0.4;
}

} // namespace

BOOST_AUTO_TEST_CASE(position_follows_key_and_velocity) {
    struct Case {
        int key, velocity;
        double x, y;
    };
    for (const auto& [key, velocity, x, y] : {Case{60, 64, 0.5, 0.5},
                                              {72, 64, 0.625, 0.5},
                                              {48, 64, 0.375, 0.5},
                                              {60, 127, 0.5, 0.25},
                                              {60, 1, 0.5, 0.75},
                                              {84, 127, 0.75, 0.25}}) {
        TwoTonePlayer player;
        player.set(Parameter::key_x, 50);
        player.set(Parameter::velocity_y, -50);
        player.note_on(key, velocity);
        player.play(4800);
        BOOST_TEST(std::abs(measure_x(player.last(4800)) - x) < 1e-3);
        BOOST_TEST(std::abs(measure_y(player.last(4800)) - y) < 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(key_tracking_changes_glide) {
    TwoTonePlayer player;
    player.set(Parameter::x, 0);
    player.set(Parameter::y, 0);
    player.set(Parameter::glide, 20);
    player.note_on(84);
    player.play(4800);
    const double quiet = largest_step(player.left);
    player.set(Parameter::key_x, 100);
    player.play(9600);
    BOOST_TEST(std::abs(measure_x(player.last(4800)) - 0.5) < 1e-3);
    BOOST_TEST(quiet < 1e-6);
    BOOST_TEST(largest_step(player.left) < 1.05 * 0.5 * tone_level * 2 * std::sin(M_PI * x_tone_hertz / 48000));
}

BOOST_AUTO_TEST_CASE(the_orbit_is_a_circle_of_the_set_width_and_rate) {
    TwoTonePlayer player;
    player.set(Parameter::orbit_rate, 2);
    player.set(Parameter::orbit_reach, 60);
    player.note_on(60);
    player.play(96000);
    const MeasuredPath path = measure_path(player.left);
    const auto x = find_sinusoid(path.x, 2.1, 200), y = find_sinusoid(path.y, 2.1, 200);
    BOOST_TEST(std::abs(x.hertz - 2.0) < 0.01);
    BOOST_TEST(std::abs(y.hertz - 2.0) < 0.01);
    BOOST_TEST(std::abs(x.amplitude - 0.3) < 0.003);
    BOOST_TEST(std::abs(y.amplitude - 0.3) < 0.003);
    for (size_t n = 0; n < path.x.size(); ++n)
        BOOST_TEST_REQUIRE(std::abs(std::hypot(path.x[n] - 0.5, path.y[n] - 0.5) - 0.3) < 0.003);
}

BOOST_AUTO_TEST_CASE(a_synced_orbit_follows_the_beat) {
    TwoTonePlayer player;
    player.set(Parameter::orbit_sync, 3); // one beat
    player.set(Parameter::orbit_reach, 60);
    player.synth.set_transport(0, {true, 0.0, 0.0, 150.0});
    player.note_on(60);
    const auto phase = [](double beat) { return 2 * M_PI * beat; };
    player.play(96000, [&](uint32_t frame) {
        if (frame < 64) return;
        const auto at = player.synth.status();
        BOOST_TEST_REQUIRE(std::abs(at.x - 0.5 - 0.3 * std::cos(phase(frame / 48000.0 * 2.5))) < 1e-4);
        BOOST_TEST_REQUIRE(std::abs(at.y - 0.5 - 0.3 * std::sin(phase(frame / 48000.0 * 2.5))) < 1e-4);
    });
    // The transport jumps: while a note sounds, the orbit follows within 0.1 s, but smoothly.
    player.synth.set_transport(0, {true, 100.0, 250.3, 150.0});
    const float before = player.synth.status().x;
    player.play(64);
    BOOST_TEST(std::abs(player.synth.status().x - before) < 0.05f);
    player.play(4800 - 64);
    BOOST_TEST(std::abs(player.synth.status().x - 0.5 - 0.3 * std::cos(phase(250.3 + 0.25))) < 2e-3);
}

BOOST_AUTO_TEST_CASE(the_random_walk_is_smooth_bounded_and_repeatable) {
    const auto walk = [](float x, float width) {
        Player player(nullptr);
        player.set(Parameter::x, x);
        player.set(Parameter::wander_rate, 5);
        player.set(Parameter::wander_reach, width);
        std::vector<float> path;
        player.play(48000 * 20, [&](uint32_t) { path.push_back(player.synth.status().x); });
        path.erase(path.begin());
        return path;
    };
    const auto path = walk(0.5f, 50), repeated = walk(0.5f, 50), edge_path = walk(1.0f, 100);
    BOOST_TEST((path == repeated));
    const auto [low, high] = std::minmax_element(path.begin(), path.end());
    BOOST_TEST(*low >= 0.25f);
    BOOST_TEST(*low < 0.4f);
    BOOST_TEST(*high <= 0.75f);
    BOOST_TEST(*high > 0.6f);
    // The walk crosses its width at most once between two random points, which limits the step in 64 frames.
    BOOST_TEST(largest_step(path) < 0.5 * 5 * 64 / 48000);
    BOOST_TEST(largest_second_difference(path) < 4 * 0.25 * 25 * std::pow(64.0 / 48000, 2) + 1e-6);
    BOOST_TEST(*std::max_element(edge_path.begin(), edge_path.end()) == 1.0f);
    BOOST_TEST(*std::min_element(edge_path.begin(), edge_path.end()) >= 0.5f);
}

BOOST_AUTO_TEST_CASE(the_layer_adds_corners_to_the_blend_and_leaves_a_corner_unchanged) {
    static const auto bank = corner_bank().open();
    struct Case {
        float x, y;
        double level_in_blend, with_layer; // levels of the north-east corner's tone
    };
    for (const auto& [x, y, level_in_blend, with_layer] : {Case{1, 1, 1, 1},
                                                           {0.95f, 0.95f, 0.64, 0.82},
                                                           {0.8f, 0.8f, 0.04, 0.52},
                                                           {0.7f, 0.7f, 0, 0.5},
                                                           {0.5f, 0.5f, 0, 0.125},
                                                           {0.3f, 0.3f, 0, 0}}) {
        Player player(bank);
        player.set(Parameter::x, x);
        player.set(Parameter::y, y);
        player.note_on(69);
        player.play(9600);
        BOOST_TEST(std::abs(level(player, 2 * corner_tone) - level_in_blend) < 1e-3);
        const double inner = level(player, inner_tone);
        player.set(Parameter::layer, 100);
        player.play(9600);
        BOOST_TEST(std::abs(level(player, 2 * corner_tone) - with_layer) < 1e-3);
        BOOST_TEST(std::abs(level(player, inner_tone) - 0.5 * inner) < 1e-3);
        player.set(Parameter::layer, 25);
        player.play(9600);
        BOOST_TEST(std::abs(level(player, inner_tone) - 0.8 * inner) < 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(layer_corner_changes_do_not_click) {
    SyntheticBank slow = corner_bank(); // one slow tone, with opposite signs in the west and the east
    slow.sound = [](const SamplePosition& at) { return 0.45 * (at.column - 2.0) * sine(50, at.frame); };
    const auto bank = slow.open();
    Player player(bank);
    player.set(Parameter::layer, 100);
    player.note_on(69);
    for (int i = 0; i < 20; ++i) {
        player.set(Parameter::x, static_cast<float>(i % 2));
        player.play(4800 + 37 * static_cast<uint32_t>(i));
        player.set(Parameter::layer, i % 3 ? 100.0f : 0.0f);
    }
    // Crosses the plane in 30 ms; the corner weights change at most three times as fast as the position.
    BOOST_TEST(largest_step(player.left) < 0.05);
    BOOST_TEST(largest_second_difference(player.left) < 3e-3);
}

BOOST_AUTO_TEST_CASE(a_bank_may_have_more_than_four_corners) {
    SyntheticBank map = corner_bank();
    map.rows = 1;
    map.sound = [](const SamplePosition& at) { return 0.4 * sine(corner_tone * (1 + at.column), at.frame); };
    for (const bool with_corners : {false, true}) {
        if (with_corners)
            map.metadata["corners"] = {{{"x", 0.0}}, {{"x", 0.5}, {"y", "?"}}, {{"x", 1.0}}, {{"x", 1e99}}, "?"};
        const auto bank = map.open();
        Player player(bank);
        player.set(Parameter::layer, 100);
        player.note_on(69);
        player.play(9600);
        BOOST_TEST(std::abs(level(player, 3 * corner_tone) - (with_corners ? 1.0 : 0.5)) < 1e-3);
        BOOST_TEST(std::abs(level(player, corner_tone) - (with_corners ? 0.0 : 0.25)) < 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(motion_is_independent_of_the_block_size) {
    const auto bank = corner_bank().open();
    std::vector<float> first;
    for (const uint32_t block : {1u, 7u, 64u, 1024u}) {
        Player player(bank, 48000.0, block);
        player.set(Parameter::layer, 60);
        player.set(Parameter::orbit_rate, 3);
        player.set(Parameter::orbit_reach, 70);
        player.set(Parameter::wander_reach, 40);
        player.set(Parameter::key_x, 30);
        player.set(Parameter::velocity_y, 30);
        player.note_on(69);
        player.play(24000);
        if (first.empty()) first = player.left;
        double difference = 0;
        for (size_t n = 0; n < first.size(); ++n)
            difference = std::max<double>(difference, std::abs(player.left[n] - first[n]));
        BOOST_TEST(difference < 1e-4, "blocks of " << block << " differ by " << difference);
    }
}
