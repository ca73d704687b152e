// SPDX-License-Identifier: GPL-3.0-or-later
// Response to keys and pedals: half-pedalling, soft pedal, velocity curve, release velocity; and fine tuning.
#define BOOST_TEST_MODULE touch
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// 1 kHz and 8 kHz at A4, the same in all cells; released notes fall by 60 dB in 0.2 s.
std::shared_ptr<const Bank> bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.shape = {9600, 0, 9600};
        bank.velocities = {127};
        bank.sound = [](const SamplePosition& at) { return 0.2 * sine(1000, at.frame) + 0.2 * sine(8000, at.frame); };
        return bank.open();
    }();
    return opened;
}

struct TouchFixture : Player {
    TouchFixture() : Player(bank()) {}
    double level(double hertz = 1000.0) { // plays 10 ms and returns the level in dB
        play(480);
        return db(fit_sinusoid(std::span(left).last(480), hertz).amplitude);
    }
    double new_note_level(int velocity, double hertz = 1000.0) { // dB
        note_on(69, velocity);
        play(4800);
        return level(hertz);
    }
    // Plays 0.1 s and returns the decrease of the level in dB.
    double fall_db() {
        const double before = level();
        play(4800 - 480);
        return before - level();
    }
};

} // namespace

BOOST_AUTO_TEST_CASE(half_pedalling_slows_the_release) {
    double before = 100.0;
    for (const int pedal : {0, 12, 20, 32, 48, 64, 80, 96, 110, 115, 127}) {
        TouchFixture player;
        player.note_on(69);
        player.send({0xb0, 64, pedal});
        player.play(4800);
        player.note_off(69);
        player.play(64);
        const double fall_db = player.fall_db();
        BOOST_TEST_MESSAGE("pedal at " << pedal << ": " << fall_db << " dB in 0.1 s");
        if (pedal <= 12) BOOST_TEST(std::abs(fall_db - 30.0) < 0.1);
        if (pedal > 12 && pedal < 115) BOOST_TEST(fall_db < before - 0.05);
        if (pedal >= 115) BOOST_TEST(std::abs(fall_db) < 0.01);
        before = fall_db;
    }
}

BOOST_FIXTURE_TEST_CASE(the_sustain_pedal_does_not_click_and_sustains_releasing_notes, TouchFixture) {
    const double steady = (new_note_level(127), largest_step(left));
    note_off(69);
    play(64);
    for (int pedal = 0; pedal <= 127; pedal += 4) {
        send({0xb0, 64, pedal});
        play(16);
    }
    send({0xb0, 64, 127});
    play(64);
    BOOST_TEST(std::abs(fall_db()) < 0.01); // the note is sustained again
    for (int pedal = 127; pedal >= 64; --pedal) {
        send({0xb0, 64, pedal});
        play(16);
    }
    play(64);
    BOOST_TEST(std::abs(fall_db() - 7.35) < 0.1);
    send({0xb0, 64, 0});
    play(64);
    BOOST_TEST(std::abs(fall_db() - 30.0) < 0.1);
    play(24000);
    BOOST_TEST(synth.status().voices == 0u);
    BOOST_TEST(largest_step(left) < 1.01 * steady);
}

BOOST_FIXTURE_TEST_CASE(half_pedalling_on_the_master_channel_affects_the_zone, TouchFixture) {
    set(Parameter::mpe, 1);
    play(64);
    send({0x91, 69, 100}), send({0xb0, 64, 64});
    play(4800);
    send({0x81, 69, 64});
    play(64);
    BOOST_TEST(std::abs(fall_db() - 7.35) < 0.1);
}

BOOST_AUTO_TEST_CASE(the_soft_pedal_lowers_level_and_brightness_continuously) {
    double soft_before = 0.0, dark_before = 1.0;
    for (const int pedal : {0, 32, 64, 96, 127}) {
        TouchFixture player;
        player.send({0xb0, 67, pedal});
        const double low = player.new_note_level(127), high = player.level(8000.0);
        BOOST_TEST_MESSAGE("soft pedal at " << pedal << ": " << low << " dB, " << high - low << " dB above");
        if (pedal == 0) {
            BOOST_TEST(std::abs(low - db(0.2)) < 0.01);
            BOOST_TEST(std::abs(high - low) < 0.01);
        } else {
            BOOST_TEST(low < soft_before - 1.0);
            BOOST_TEST(high - low < dark_before - 0.1);
        }
        soft_before = low;
        dark_before = high - low;
    }
    BOOST_TEST(std::abs(soft_before - db(0.2 * 0.36)) < 0.2); // 0.6 of the velocity
    BOOST_TEST(dark_before < -6.0);
}

BOOST_AUTO_TEST_CASE(the_velocity_curve_matches_its_formula) {
    const auto level = [](float curve, int velocity) {
        TouchFixture player;
        player.set(Parameter::velocity_curve, curve);
        return player.new_note_level(velocity);
    };
    // A bank with one layer scales with the square of the velocity.
    const auto expected = [](double velocity) { return db(0.2) + 2 * db(velocity / 127.0); };
    for (const int velocity : {1, 20, 64, 100, 127}) {
        BOOST_TEST(std::abs(level(0, velocity) - expected(velocity)) < 0.01);
        for (const float curve : {-100.0f, -40.0f, 70.0f, 100.0f}) {
            const double curved = 127.0 * std::pow(velocity / 127.0, std::exp2(-1.5 * double{curve} / 100.0));
            BOOST_TEST(std::abs(level(curve, velocity) - expected(std::max(1.0, curved))) < 0.02);
        }
    }
}

BOOST_AUTO_TEST_CASE(release_velocity_changes_the_release) {
    const auto fall_db = [](float sensitivity, std::initializer_list<int> off) {
        TouchFixture player;
        player.set(Parameter::release_velocity, sensitivity);
        player.note_on(69);
        player.play(4800);
        player.send(off);
        player.play(64);
        return player.fall_db();
    };
    BOOST_TEST(std::abs(fall_db(0, {0x80, 69, 127}) - 30.0) < 0.1);
    BOOST_TEST(std::abs(fall_db(100, {0x80, 69, 64}) - 30.0) < 0.1);
    BOOST_TEST(std::abs(fall_db(100, {0x90, 69, 0}) - 30.0) < 0.1); // has no release velocity
    BOOST_TEST(std::abs(fall_db(100, {0x80, 69, 0}) - 7.5) < 0.1);
    BOOST_TEST(std::abs(fall_db(50, {0x80, 69, 127}) - 60.0) < 1.0);
}

BOOST_FIXTURE_TEST_CASE(fine_tuning_glides_to_its_value, TouchFixture) {
    note_on(69);
    for (const float cents : {100.0f, -100.0f, 33.0f}) {
        set(Parameter::tune, cents);
        play(4800);
        play(9600);
        const double expected = 1000 * std::exp2(double{cents} / 1200);
        BOOST_TEST(std::abs(find_sinusoid(std::span(left).last(4800), expected).hertz - expected) < 0.01);
    }
    BOOST_TEST(largest_step(left) < 0.2 * 2 * M_PI * 9000 * 1.06 / 48000);
}

BOOST_AUTO_TEST_CASE(releases_start_on_their_frame) {
    // The level at a fixed time, after a message at `frame`.
    const auto level = [](std::initializer_list<int> message, uint32_t frame, uint32_t block) {
        Player player(bank(), 48000.0, block);
        player.note_on(69);
        player.play(2400);
        if (message.begin()[1] == 64) player.send({0xb0, 64, 127}), player.note_off(69);
        const uint32_t before = block == 1 ? frame : frame / 64 * 64;
        player.play(before - 2400);
        player.send(message, frame - before);
        player.play(12000 - before);
        return db(fit_sinusoid(std::span(player.left).last(2400), 1000.0).amplitude);
    };
    for (const auto& message : {std::initializer_list<int>{0x80, 69, 64}, {0xb0, 64, 0}, {0xb0, 123, 0}}) {
        const double first = level(message, 4800, 64);
        for (const uint32_t block : {64u, 1u, 1000u})
            for (const uint32_t later : {1u, 20u, 37u, 63u, 64u, 100u})
                BOOST_TEST(std::abs(level(message, 4800 + later, block) - first - later * 60.0 / 9600) < 0.005);
    }
}
