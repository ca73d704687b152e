// SPDX-License-Identifier: GPL-3.0-or-later
// The LFOs and the second envelope: rates, depths, phases and times, measured on the output.
#define BOOST_TEST_MODULE lfo
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <set>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr uint32_t window = 480; // frames of one measurement, 100 per second

template<class Measure>
std::vector<float> measure_windows(std::span<const float> sound, Measure measure) {
    std::vector<float> values;
    for (size_t n = 0; n + window <= sound.size(); n += window)
        values.push_back(static_cast<float>(measure(sound.subspan(n, window))));
    return values;
}

// The mean of a sine over a window is smaller than the sine.
double window_loss(double hertz) {
    const double half = M_PI * hertz * window / 48000.0;
    return std::sin(half) / half;
}

// 1 kHz in the west, 3 kHz in the east, at every key.
std::shared_ptr<const Bank> west_east_bank() {
    SyntheticBank bank;
    bank.columns = 2;
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) { return 0.4 * sine(at.column == 0 ? 1000 : 3000, at.frame); };
    bank.right_gain = 0.0;
    return bank.open();
}

double level_of(std::span<const float> sound, double hertz) { return fit_sinusoid(sound, hertz).amplitude; }

} // namespace

BOOST_AUTO_TEST_CASE(pitch_moves_by_the_set_cents_at_the_set_rate) {
    for (const auto& [parameter, rate_parameter, rate] : {std::tuple(Parameter::lfo1_pitch, Parameter::lfo1_rate, 4.0f),
                                                          {Parameter::lfo2_pitch, Parameter::lfo2_rate, 1.5f}}) {
        Player player(position_level_bank());
        player.set(parameter, 50);
        player.set(rate_parameter, rate);
        player.note_on(69);
        player.play(96000);
        const auto cents = measure_windows(player.left, [](std::span<const float> part) {
            return 1200 * std::log2(find_sinusoid(part, 1000).hertz / 1000);
        });
        const Sinusoid found = find_sinusoid(cents, rate * 1.03, 100);
        BOOST_TEST(std::abs(found.hertz - static_cast<double>(rate)) < 0.01 * static_cast<double>(rate));
        BOOST_TEST(std::abs(found.amplitude / window_loss(static_cast<double>(rate)) - 50) < 1.5);
    }
}

BOOST_AUTO_TEST_CASE(the_levels_of_two_corners_cross_as_x_moves) {
    Player player(west_east_bank());
    player.set(Parameter::lfo1_shape, 1); // triangle
    player.set(Parameter::lfo1_rate, 2);
    player.set(Parameter::lfo1_x, 80);
    player.note_on(69);
    player.play(96000);
    const auto west = measure_windows(player.left, [](auto part) { return level_of(part, 1000) / 0.4; });
    const auto east = measure_windows(player.left, [](auto part) { return level_of(part, 3000) / 0.4; });
    int crossings = 0;
    for (size_t i = 1; i < west.size(); ++i) crossings += (west[i] > east[i]) != (west[i - 1] > east[i - 1]);
    BOOST_TEST(std::abs(crossings - 8) <= 1); // twice in each of four cycles
    BOOST_TEST(std::abs(*std::max_element(east.begin(), east.end()) - 0.9f) < 0.03f);
    BOOST_TEST(std::abs(*std::min_element(east.begin(), east.end()) - 0.1f) < 0.03f);
    for (size_t i = 0; i < west.size(); ++i) BOOST_TEST_REQUIRE(std::abs(west[i] + east[i] - 1) < 0.01f);
}

BOOST_AUTO_TEST_CASE(every_shape_has_its_wave) {
    const double at[] = {0.1, 0.3, 0.45, 0.6, 0.8, 0.9};
    const double waves[4][6] = {{0.588, 0.951, 0.309, -0.588, -0.951, -0.588},
                                {0.4, 0.8, 0.2, -0.4, -0.8, -0.4},
                                {0.8, 0.4, 0.1, -0.2, -0.6, -0.8},
                                {1, 1, 1, -1, -1, -1}};
    for (int shape = 0; shape < 4; ++shape) {
        Player player(nullptr);
        player.set(Parameter::lfo2_shape, static_cast<float>(shape));
        player.set(Parameter::lfo2_rate, 1);
        player.set(Parameter::lfo2_y, 60);
        uint32_t played = 0;
        for (int i = 0; i < 6; ++i) {
            const auto end = static_cast<uint32_t>(at[i] * 48000) / 64 * 64;
            player.play(end - played);
            played = end;
            BOOST_TEST(std::abs(player.synth.status().y - 0.5 - 0.3 * waves[shape][i]) < 0.005,
                       "shape " << shape << " at " << at[i]);
        }
    }
}

BOOST_AUTO_TEST_CASE(random_values_change_each_cycle_and_are_repeatable) {
    const auto values = [](Parameter shape, Parameter rate, Parameter amount) {
        Player player(nullptr);
        player.set(shape, 4);
        player.set(rate, 10);
        player.set(amount, 100);
        std::vector<float> found;
        for (int i = 0; i < 40; ++i) {
            player.play(4800);
            found.push_back(player.synth.status().x);
        }
        return found;
    };
    const auto first = values(Parameter::lfo1_shape, Parameter::lfo1_rate, Parameter::lfo1_x);
    BOOST_TEST((first == values(Parameter::lfo1_shape, Parameter::lfo1_rate, Parameter::lfo1_x)));
    BOOST_TEST((first != values(Parameter::lfo2_shape, Parameter::lfo2_rate, Parameter::lfo2_x)));
    BOOST_TEST(std::set<float>(first.begin(), first.end()).size() > 30);
    BOOST_TEST(*std::min_element(first.begin(), first.end()) < 0.2f);
    BOOST_TEST(*std::max_element(first.begin(), first.end()) > 0.8f);
}

BOOST_AUTO_TEST_CASE(a_synced_lfo_follows_the_song) {
    Player player(position_level_bank());
    player.set(Parameter::lfo1_sync, 5); // 3/4 beat
    player.set(Parameter::lfo1_x, 60);
    player.synth.set_transport(0, {true, 0.0, 0.0, 150.0});
    player.note_on(69);
    const auto expected = [](double beat) { return 0.5 + 0.3 * std::sin(2 * M_PI * beat / 0.75); };
    player.play(96000, [&](uint32_t frame) {
        if (frame >= 640)
            BOOST_TEST_REQUIRE(std::abs(player.synth.status().x - expected(frame / 48000.0 * 2.5)) < 1e-3);
    });
    // The transport jumps by half a cycle: the LFO follows within 5 ms, without a step in the sound.
    player.synth.set_transport(0, {true, 100.0, 250.2, 150.0});
    player.play(640);
    BOOST_TEST(std::abs(player.synth.status().x - expected(250.2 + 640 / 48000.0 * 2.5)) < 1e-3);
    const double steady = 2 * std::sin(M_PI * 1000 / 48000.0) * 0.36; // at the largest amplitude of the first second
    BOOST_TEST(largest_step(std::span(player.left).last(640)) < 1.1 * steady);
}

BOOST_AUTO_TEST_CASE(each_note_starts_its_own_cycle) {
    for (const bool each : {false, true}) {
        Player player(position_level_bank());
        player.set(Parameter::lfo1_scope, each ? 1 : 0);
        player.set(Parameter::lfo1_rate, 2);
        player.set(Parameter::lfo1_x, 100);
        player.set(Parameter::velocity_sensitivity, 0);
        player.note_on(69);
        player.play(6000); // a quarter of a cycle
        player.note_on(81);
        player.play(48000 + 24000);
        const auto sound = std::span(player.left).last(72000).subspan(9600, 48000);
        const auto low = measure_windows(sound, [](auto part) { return level_of(part, 1000); });
        const auto high = measure_windows(sound, [](auto part) { return level_of(part, 2000); });
        const Sinusoid a = fit_sinusoid(low, 2, 100), b = fit_sinusoid(high, 2, 100);
        BOOST_TEST(std::abs(a.amplitude / window_loss(2) - 0.1) < 0.005);
        BOOST_TEST(std::abs(b.amplitude / window_loss(2) - 0.1) < 0.005);
        const double turns = (a.phase - b.phase) / (2 * M_PI);
        BOOST_TEST(std::abs(turns - std::floor(turns) - (each ? 0.25 : turns < 0 ? 1.0 : 0.0)) < 0.01);
    }
}

BOOST_AUTO_TEST_CASE(the_second_envelope_takes_its_times) {
    Player player(two_tone_bank());
    player.set(Parameter::x, 0);
    player.set(Parameter::y, 1);
    player.set(Parameter::release_mode, 1);
    player.set(Parameter::release, 20);
    player.set(Parameter::env2_attack, 0.2f);
    player.set(Parameter::env2_decay, 0.5f);
    player.set(Parameter::env2_sustain, 25);
    player.set(Parameter::env2_release, 0.6f);
    player.set(Parameter::env2_x, 100);
    player.note_on(60);
    player.play(48000);
    player.note_off(60);
    player.play(48000);
    const auto x = [&](double seconds) { // relative to Y's tone, which falls with the note
        const auto part = std::span(player.left).subspan(static_cast<size_t>(seconds * 48000) - window / 2, window);
        return measure_x(part) / measure_y(part);
    };
    BOOST_TEST(std::abs(x(0.05) - 0.25) < 0.01);
    BOOST_TEST(std::abs(x(0.15) - 0.75) < 0.01);
    BOOST_TEST(std::abs(x(0.45) - 0.5) < 0.01); // 6 of 12 dB
    BOOST_TEST(std::abs(x(0.8) - 0.25) < 0.01);
    BOOST_TEST(std::abs(x(0.99) - 0.25) < 0.01);
    BOOST_TEST(std::abs(x(1.1) - 0.25 * std::pow(10, -10 / 20.0)) < 0.005);
    BOOST_TEST(std::abs(x(1.3) - 0.25 * std::pow(10, -30 / 20.0)) < 0.003);
}

BOOST_AUTO_TEST_CASE(an_amount_turned_up_later_finds_the_envelope_where_it_is) {
    Player player(position_level_bank());
    player.set(Parameter::x, 0);
    player.set(Parameter::y, 0);
    player.set(Parameter::env2_attack, 0.1f);
    player.set(Parameter::env2_decay, 0.2f);
    player.set(Parameter::env2_sustain, 50);
    player.note_on(69);
    player.play(48000);
    player.set(Parameter::env2_x, 100);
    player.play(2400);
    BOOST_TEST(std::abs(level_of(std::span(player.left).last(480), 1000) - 0.2) < 2e-3);
}

BOOST_AUTO_TEST_CASE(level_falls_to_silence_and_never_rises) {
    Player player(position_level_bank());
    player.set(Parameter::lfo1_shape, 3); // square
    player.set(Parameter::lfo1_rate, 4);
    player.set(Parameter::lfo1_scope, 1);
    player.set(Parameter::lfo1_level, 100);
    player.note_on(69);
    player.play(12000);
    const auto level = [&](size_t frame) { return level_of(std::span(player.left).subspan(frame, 960), 1000); };
    BOOST_TEST(std::abs(level(3000) - 0.3) < 1e-3);
    BOOST_TEST(level(7500) < 1e-5);
    player.set(Parameter::lfo1_level, -50);
    player.play(24000);
    BOOST_TEST(std::abs(level(15000) - 0.15) < 1e-3);
    BOOST_TEST(std::abs(level(19500) - 0.3) < 1e-3);
    // The edges take 5 ms, which is no click in a slow tone.
    SyntheticBank slow;
    slow.shape = {9600, 0, 9600};
    slow.sound = [](const SamplePosition& at) { return 0.5 * sine(50, at.frame); };
    Player slow_player(slow.open());
    slow_player.set(Parameter::lfo1_shape, 3);
    slow_player.set(Parameter::lfo1_level, 100);
    slow_player.note_on(69);
    slow_player.play(96000);
    BOOST_TEST(largest_step(slow_player.left) < 0.5 * (2 * M_PI * 50 / 48000 + 1.05 / 240));
}

BOOST_AUTO_TEST_CASE(width_goes_from_mono_to_twice_the_side) {
    for (const auto& [amount, left, right] :
         {std::tuple(-100.0f, 0.5, 0.5), {100.0f, 1.5, -0.5}, {50.0f, 1.25, -0.25}}) {
        Player player(west_east_bank());
        player.set(Parameter::x, 0);
        player.set(Parameter::env2_sustain, 100);
        player.set(Parameter::env2_width, amount);
        player.note_on(69);
        player.play(9600);
        for (uint32_t n = 4800; n < 9600; ++n) {
            BOOST_TEST_REQUIRE(std::abs(player.left[n] - 0.4 * left * sine(1000, n)) < 1e-4);
            BOOST_TEST_REQUIRE(std::abs(player.right[n] - 0.4 * right * sine(1000, n)) < 1e-4);
        }
    }
}

BOOST_AUTO_TEST_CASE(cutoff_moves_by_octaves) {
    const auto level_at = [](float cutoff) {
        Player player(west_east_bank());
        player.set(Parameter::x, 1);
        player.set(Parameter::cutoff, cutoff);
        player.note_on(69);
        player.play(24000);
        return level_of(std::span(player.left).last(4800), 3000);
    };
    Player player(west_east_bank());
    player.set(Parameter::x, 1);
    player.set(Parameter::cutoff, 2000);
    player.set(Parameter::lfo1_shape, 3);
    player.set(Parameter::lfo1_rate, 1);
    player.set(Parameter::lfo1_cutoff, 1.5f);
    player.note_on(69);
    player.play(48000);
    const auto level = [&](size_t frame) { return level_of(std::span(player.left).subspan(frame, 4800), 3000); };
    const auto up = level_at(2000 * std::exp2(1.5f)), down = level_at(2000 * std::exp2(-1.5f));
    BOOST_TEST(std::abs(level(14400) / up - 1) < 0.01);
    BOOST_TEST(std::abs(level(38400) / down - 1) < 0.01);
    BOOST_TEST(up > 8 * down);
}

// Sessions that do not use it sound as before: not a bit changes.
BOOST_AUTO_TEST_CASE(without_amounts_nothing_changes) {
    const auto play = [](bool with_settings) {
        Player player(two_tone_bank());
        if (with_settings)
            for (size_t i = static_cast<size_t>(Parameter::lfo1_shape); i < parameter_count; ++i)
                if (const auto parameter = static_cast<Parameter>(i); info(parameter).minimum >= 0 &&
                                                                      parameter != Parameter::delay_mix &&
                                                                      parameter != Parameter::reverb_mix)
                    player.set(parameter, 0.7f * info(parameter).maximum);
        player.set(Parameter::orbit_reach, 37);
        player.set(Parameter::cutoff, 3000);
        player.note_on(60);
        player.play(24000);
        player.note_off(60);
        player.play(24000);
        return player.left;
    };
    BOOST_TEST((play(true) == play(false)));
}

BOOST_AUTO_TEST_CASE(modulation_is_independent_of_the_block_size) {
    std::vector<float> first;
    for (const uint32_t block : {64u, 1u, 7u, 1024u}) {
        Player player(two_tone_bank(), 48000.0, block);
        for (const auto& [parameter, value] : {std::pair(Parameter::lfo1_x, 60.0f),
                                               {Parameter::lfo1_rate, 3.0f},
                                               {Parameter::lfo2_scope, 1.0f},
                                               {Parameter::lfo2_pitch, 20.0f},
                                               {Parameter::lfo2_width, 50.0f},
                                               {Parameter::lfo2_level, 40.0f},
                                               {Parameter::env2_attack, 0.05f},
                                               {Parameter::env2_y, -40.0f},
                                               {Parameter::env2_cutoff, -2.0f},
                                               {Parameter::cutoff, 9000.0f},
                                               {Parameter::delay_mix, 30.0f},
                                               {Parameter::reverb_mix, 30.0f}})
            player.set(parameter, value);
        player.note_on(60);
        player.play(24000);
        if (first.empty()) first = player.left;
        double difference = 0;
        for (size_t n = 0; n < first.size(); ++n)
            difference = std::max<double>(difference, std::abs(player.left[n] - first[n]));
        BOOST_TEST(difference < 1e-4, "blocks of " << block << " differ by " << difference);
    }
}
