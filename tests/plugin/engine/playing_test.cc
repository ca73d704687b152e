// SPDX-License-Identifier: GPL-3.0-or-later
// Play modes and expression: mono, legato, portamento, MPE, pressure, timbre, sostenuto and soft pedal.
#define BOOST_TEST_MODULE playing
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

struct PlayingFixture : Player {
    PlayingFixture() : Player(position_level_bank()) {
        set(Parameter::x, 0.0f);
        set(Parameter::y, 0.0f);
    }
    uint32_t voices() {
        play(9600);
        return synth.status().voices;
    }
    double amplitude(double hertz = 1000.0) {
        play(9600);
        return fit_sinusoid(std::span(left).subspan(left.size() - 4800), hertz).amplitude;
    }
    double semitone() { // pitch of the one sounding note, in semitones from A4
        play(9600);
        double best = 0.0, found = 0.0;
        for (int semitone = -24; semitone <= 24; ++semitone) {
            const auto partial =
                fit_sinusoid(std::span(left).subspan(left.size() - 4800), 1000 * std::exp2(semitone / 12.0));
            if (partial.amplitude > best) best = partial.amplitude, found = partial.hertz;
        }
        return 12 * std::log2(find_sinusoid(std::span(left).subspan(left.size() - 4800), found).hertz / 1000);
    }
    void check_pitch(double expected) { BOOST_TEST(std::abs(semitone() - expected) < 0.001); }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(mono_plays_the_last_key_and_returns_to_earlier_ones, PlayingFixture) {
    set(Parameter::play_mode, 1);
    note_on(69);
    play(4800);
    note_on(72);
    check_pitch(3);
    BOOST_TEST(voices() == 1u);
    note_on(74);
    check_pitch(5);
    note_off(72); // not the last key: no change
    check_pitch(5);
    note_off(74);
    check_pitch(0);
    note_off(69);
    BOOST_TEST(voices() == 0u);
}

BOOST_FIXTURE_TEST_CASE(legato_changes_pitch_without_a_new_attack, PlayingFixture) {
    set(Parameter::play_mode, 2);
    set(Parameter::attack, 0.5f);
    note_on(69);
    play(48000);
    const size_t legato_frame = left.size();
    note_on(72);
    play(4800);
    BOOST_TEST(peak(std::span(left).subspan(legato_frame + 480)) > 0.095); // no attack
    check_pitch(3);
    note_off(72);
    check_pitch(0);
    note_off(69);
    BOOST_TEST(voices() == 0u);
    const size_t next_note_frame = left.size();
    note_on(72);
    play(4800);
    BOOST_TEST(peak(std::span(left).subspan(next_note_frame)) < 0.03); // a new attack
}

BOOST_FIXTURE_TEST_CASE(portamento_slides_from_the_last_key, PlayingFixture) {
    set(Parameter::portamento, 400);
    note_on(69);
    check_pitch(0);
    note_off(69);
    play(9600);
    note_on(76);
    play(480);
    const double early =
        12 *
        std::log2(find_sinusoid(std::span(left).subspan(left.size() - 480), 1000 * std::exp2(0.5 / 12)).hertz / 1000);
    BOOST_TEST(early > -0.1);
    BOOST_TEST(early < 2.0);
    play(38400);
    check_pitch(7);
}

BOOST_FIXTURE_TEST_CASE(controllers_5_and_65_set_portamento, PlayingFixture) {
    const auto semitones_soon_after = [this](int from, int to, double near) {
        note_on(from);
        play(9600);
        note_off(from);
        play(9600);
        note_on(to);
        play(480);
        const double hertz = find_sinusoid(std::span(left).last(480), 1000 * std::exp2(near / 12)).hertz;
        note_off(to);
        play(96000);
        return 12 * std::log2(hertz / 1000);
    };
    send({0xb0, 5, 40}); // half a second
    BOOST_TEST(semitones_soon_after(69, 76, 0.5) < 2.0);
    send({0xb0, 65, 0});
    BOOST_TEST(semitones_soon_after(76, 69, 0.5) < 0.1);
    send({0xb0, 65, 127});
    BOOST_TEST(semitones_soon_after(76, 69, 6.5) > 5.0);
}

BOOST_FIXTURE_TEST_CASE(legato_and_portamento_together_do_not_click, PlayingFixture) {
    set(Parameter::play_mode, 2);
    set(Parameter::portamento, 100);
    note_on(57);
    for (const int key : {60, 48, 69, 50}) {
        play(4800);
        note_on(key);
    }
    play(4800);
    // The largest step of the highest pitch on the way, 1 kHz at amplitude 0.1.
    BOOST_TEST(largest_step(left) < 0.1 * 2 * M_PI * 1000 / 48000 * 1.1);
}

BOOST_FIXTURE_TEST_CASE(pressure_moves_x, PlayingFixture) {
    note_on(69);
    BOOST_TEST(std::abs(amplitude() - 0.1) < 1e-3);
    send({0xd0, 127});
    BOOST_TEST(std::abs(amplitude() - 0.3) < 1e-3);
    send({0xd0, 0});
    send({0xa0, 69, 127});
    BOOST_TEST(std::abs(amplitude() - 0.3) < 1e-3);
    send({0xa0, 69, 0});
    send({0xa0, 70, 127}); // another key
    BOOST_TEST(std::abs(amplitude() - 0.1) < 1e-3);
    set(Parameter::pressure_x, 50);
    send({0xd0, 127});
    BOOST_TEST(std::abs(amplitude() - 0.2) < 1e-3);
}

BOOST_FIXTURE_TEST_CASE(controller_74_moves_y_relative_to_its_centre, PlayingFixture) {
    set(Parameter::y, 0.5f);
    note_on(69);
    BOOST_TEST(std::abs(amplitude() - 0.2) < 1e-3);
    send({0xb0, 74, 127});
    BOOST_TEST(std::abs(amplitude() - 0.3) < 1e-3);
    send({0xb0, 74, 0});
    BOOST_TEST(std::abs(amplitude() - 0.1) < 1e-3);
    set(Parameter::timbre_y, 0);
    BOOST_TEST(std::abs(amplitude() - 0.2) < 1e-3);
}

BOOST_FIXTURE_TEST_CASE(pressure_and_timbre_may_move_the_other_axis, PlayingFixture) {
    set(Parameter::pressure_x, 0), set(Parameter::pressure_y, 50);
    set(Parameter::timbre_y, 0), set(Parameter::timbre_x, 100);
    note_on(69);
    send({0xd0, 127});
    BOOST_TEST(std::abs(amplitude() - 0.2) < 1e-3); // Y = 0.5
    send({0xd0, 0}), send({0xa0, 69, 127}), send({0xb0, 74, 127});
    BOOST_TEST(std::abs(amplitude() - 0.3) < 1e-3); // and X = 0.5
}

BOOST_FIXTURE_TEST_CASE(mpe_notes_have_separate_bend_pressure_and_timbre, PlayingFixture) {
    set(Parameter::mpe, 1);
    set(Parameter::y, 0.5f);
    play(64);
    send({0x91, 69, 100});
    send({0xe1, 0, 80}); // a quarter of the bend range of 48 semitones
    check_pitch(48.0 * (80 * 128 - 8192) / 8191.0);
    send({0x92, 69, 100}), send({0xd2, 127}), send({0xb2, 74, 127});
    BOOST_TEST(std::abs(amplitude() - 0.5) < 1e-2); // the second note is at X = Y = 1, without bend
    send({0x81, 69, 0});
    play(4800);
    send({0xe0, 127, 127}); // the master channel's bend applies to every note
    check_pitch(2);
    send({0xb0, 7, 0}); // and so does its volume
    BOOST_TEST(amplitude() < 1e-3);
}

BOOST_FIXTURE_TEST_CASE(the_master_pedal_sustains_the_zone, PlayingFixture) {
    set(Parameter::mpe, 1);
    play(64);
    send({0xb0, 64, 127}), send({0x91, 69, 100}), send({0x92, 72, 100});
    play(640);
    send({0x81, 69, 0}), send({0x82, 72, 0});
    BOOST_TEST(voices() == 2u);
    send({0xb0, 64, 0});
    BOOST_TEST(voices() == 0u);
    send({0x91, 69, 100}), send({0x9f, 72, 100});
    play(640);
    send({0xb0, 123, 0});
    BOOST_TEST(voices() == 0u); // all channels are members of the zone
}

BOOST_FIXTURE_TEST_CASE(mpe_configuration_messages_set_zones, PlayingFixture) {
    const auto configure = [&](int master, int members) {
        send({0xb0 | master, 101, 0}), send({0xb0 | master, 100, 6}), send({0xb0 | master, 6, members});
    };
    configure(0, 3);
    play(64);
    send({0x93, 69, 100}), send({0xe3, 0, 80}); // a member: a bend range of 48 semitones
    check_pitch(48.0 * (80 * 128 - 8192) / 8191.0);
    synth.release_all();
    play(9600);
    send({0x94, 69, 100}), send({0xe4, 127, 127}); // not a member
    check_pitch(2);
    synth.release_all();
    play(9600);
    configure(15, 2);
    send({0x9d, 69, 100}), send({0xef, 127, 127}); // a member of the upper zone, and its master's bend
    check_pitch(2);
    synth.release_all();
    play(9600);
    configure(0, 0); // removes the lower zone
    send({0x93, 69, 100}), send({0xe3, 127, 127});
    check_pitch(2);
}

BOOST_FIXTURE_TEST_CASE(sostenuto_sustains_only_pressed_keys, PlayingFixture) {
    note_on(69);
    play(640);
    send({0xb0, 66, 127});
    note_on(72);
    play(640);
    note_off(69), note_off(72);
    BOOST_TEST(voices() == 1u);
    check_pitch(0);
    send({0xb0, 64, 127}), send({0xb0, 64, 0}); // the sustain pedal has no effect on it
    BOOST_TEST(voices() == 1u);
    send({0xb0, 66, 0});
    BOOST_TEST(voices() == 0u);
    note_on(69);
    play(640);
    send({0xb0, 66, 127}), send({0xb0, 64, 127});
    note_off(69);
    send({0xb0, 66, 0}); // the sustain pedal still sustains it
    BOOST_TEST(voices() == 1u);
    send({0xb0, 64, 0});
    BOOST_TEST(voices() == 0u);
}

BOOST_FIXTURE_TEST_CASE(the_soft_pedal_affects_later_notes_only, PlayingFixture) {
    note_on(69);
    const double loud = amplitude();
    send({0xb0, 67, 127});
    BOOST_TEST(std::abs(amplitude() - loud) < 1e-4);
    note_on(69);
    BOOST_TEST(amplitude() < 0.5 * loud);
    send({0xb0, 67, 0});
    note_on(69);
    BOOST_TEST(std::abs(amplitude() - loud) < 1e-4);
}
