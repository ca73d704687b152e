// SPDX-License-Identifier: GPL-3.0-or-later
// Filter, width and vibrato.
#define BOOST_TEST_MODULE shaping
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// Two partials, 500 Hz and 4 kHz, on the left; silence on the right.
std::shared_ptr<const Bank> bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.pitches = {60, 72};
        bank.shape = {9600, 0, 9600};
        bank.sound = [](const SamplePosition& at) { return 0.4 * sine(500, at.frame) + 0.4 * sine(4000, at.frame); };
        bank.right_gain = 0.0;
        return bank.open();
    }();
    return opened;
}

struct ShapingFixture : Player {
    ShapingFixture() : Player(bank()) {}
    double level(double hertz) { // plays 50 ms and returns the level of a partial, in dB
        play(2400);
        return db(fit_sinusoid(std::span(left).subspan(left.size() - 2400), hertz).amplitude / 0.4);
    }
};

// Gain of the analogue low-pass in dB, with the frequency warping of the bilinear transform.
double filter_gain_db(double hertz, double cutoff, double q) {
    const double s = std::tan(M_PI * hertz / 48000) / std::tan(M_PI * cutoff / 48000);
    return -10.0 * std::log10((1 - s * s) * (1 - s * s) + s * s / q / q);
}

} // namespace

BOOST_FIXTURE_TEST_CASE(the_open_filter_changes_nothing, ShapingFixture) {
    note_on(60);
    play(4800);
    for (uint32_t n = 0; n < 4800; ++n)
        BOOST_TEST_REQUIRE(std::abs(left[n] - 0.4 * (sine(500, n) + sine(4000, n))) < 1e-4);
}

BOOST_FIXTURE_TEST_CASE(cutoff_matches_the_analogue_response, ShapingFixture) {
    for (const float cutoff : {250.0f, 1000.0f, 4000.0f, 12000.0f}) {
        set(Parameter::cutoff, cutoff);
        if (synth.status().voices == 0) note_on(60);
        play(9600);
        BOOST_TEST(std::abs(level(500) - filter_gain_db(500, cutoff, M_SQRT1_2)) < 0.1);
        BOOST_TEST(std::abs(level(4000) - filter_gain_db(4000, cutoff, M_SQRT1_2)) < 0.2);
    }
}

BOOST_FIXTURE_TEST_CASE(resonance_boosts_the_cutoff, ShapingFixture) {
    set(Parameter::cutoff, 4000);
    set(Parameter::resonance, 100);
    set(Parameter::level, -12); // below the output's limit
    note_on(60);
    play(9600);
    BOOST_TEST(std::abs(level(4000) + 12 - filter_gain_db(4000, 4000, M_SQRT1_2 * 20)) < 0.3);
}

BOOST_FIXTURE_TEST_CASE(key_and_velocity_move_the_cutoff, ShapingFixture) {
    set(Parameter::cutoff, 1000);
    set(Parameter::cutoff_key, 100);
    note_on(72); // an octave above middle C
    play(9600);
    BOOST_TEST(std::abs(level(4000) - filter_gain_db(4000, 2000, M_SQRT1_2)) < 0.1);
    synth.reset();
    set(Parameter::cutoff_key, 0);
    set(Parameter::cutoff_velocity, 2);
    note_on(60, 127);
    play(9600);
    const double hard = level(4000) - level(500);
    synth.reset();
    note_on(60, 1);
    play(9600);
    const double soft = level(4000) - level(500);
    const double octaves = 2.0 * 126.0 / 127.0, low = 1000 * std::exp2(-octaves);
    BOOST_TEST(std::abs(hard - (filter_gain_db(4000, 1000, M_SQRT1_2) - filter_gain_db(500, 1000, M_SQRT1_2))) < 0.2);
    BOOST_TEST(std::abs(soft - (filter_gain_db(4000, low, M_SQRT1_2) - filter_gain_db(500, low, M_SQRT1_2))) < 0.5);
}

BOOST_FIXTURE_TEST_CASE(filter_changes_do_not_click, ShapingFixture) {
    SyntheticBank slow;
    slow.pitches = {60};
    slow.shape = {9600, 0, 9600};
    slow.sound = [](const SamplePosition& at) { return 0.4 * sine(20, at.frame); };
    Player player(slow.open());
    player.note_on(60);
    for (int i = 0; i < 20; ++i) {
        player.play(1000 + 37 * static_cast<uint32_t>(i));
        player.set(Parameter::cutoff, i % 2 ? 20000.0f : i % 4 ? 200.0f : 18000.0f);
        player.set(Parameter::resonance, i % 3 ? 0.0f : 80.0f);
    }
    BOOST_TEST(largest_second_difference(player.left) < 1e-3);
}

BOOST_FIXTURE_TEST_CASE(filtered_voices_sound_the_same_in_every_simd_lane, ShapingFixture) {
    set(Parameter::cutoff, 1000);
    set(Parameter::level, -12); // below the output's limit
    note_on(60);
    play(9600);
    ShapingFixture many;
    many.set(Parameter::level, -12);
    many.set(Parameter::cutoff, 1000);
    for (int channel = 1; channel < 8; ++channel) many.send({0x90 + channel, 60, 100});
    many.play(9600);
    for (size_t n = 0; n < 9600; ++n) BOOST_TEST_REQUIRE(std::abs(many.left[n] - 7 * left[n]) < 1e-5);
}

BOOST_FIXTURE_TEST_CASE(width_from_mono_to_twice_the_side, ShapingFixture) {
    set(Parameter::width, 0);
    note_on(60);
    play(4800);
    for (size_t n = 0; n < 4800; ++n) BOOST_TEST_REQUIRE(std::abs(left[n] - right[n]) < 1e-6);
    BOOST_TEST(std::abs(level(500) + 6.02) < 0.01);
    set(Parameter::width, 200);
    play(4800);
    BOOST_TEST(std::abs(level(500) - db(1.5)) < 0.01);
    BOOST_TEST(std::abs(db(fit_sinusoid(std::span(right).subspan(right.size() - 2400), 500).amplitude / 0.4) + 6.02) <
               0.01);
}

BOOST_FIXTURE_TEST_CASE(vibrato_has_the_set_depth_and_rate, ShapingFixture) {
    const auto pitch_range = [&] { // minimum and maximum pitch of the 500 Hz partial, in cents
        const size_t at = left.size();
        play(48000);
        double low = 1e9, high = -1e9;
        for (size_t n = at; n + 960 < left.size(); n += 240) {
            const double cents = 1200 * std::log2(find_sinusoid(std::span(left).subspan(n, 960), 500).hertz / 500);
            low = std::min(low, cents);
            high = std::max(high, cents);
        }
        return std::pair(low, high);
    };
    set(Parameter::vibrato_depth, 30);
    set(Parameter::vibrato_rate, 2);
    note_on(60);
    play(4800);
    const auto deep = pitch_range();
    BOOST_TEST(std::abs(deep.second - 30) < 3);
    BOOST_TEST(std::abs(deep.first + 30) < 3);
    set(Parameter::vibrato_depth, 0);
    play(4800);
    BOOST_TEST(pitch_range().second < 1); // error of the measurement due to the other partial
    send({0xb0, 1, 127});
    play(4800);
    BOOST_TEST(std::abs(pitch_range().second - 50) < 4);
}
