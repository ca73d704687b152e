// SPDX-License-Identifier: GPL-3.0-or-later
// Effects of MIDI messages on the sound, and robustness to malformed, random and too many messages.
#define BOOST_TEST_MODULE midi
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <random>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// 1 kHz at A4; short natural release.
std::shared_ptr<const Bank> bank() {
    static const auto opened = [] {
        SyntheticBank bank;
        bank.shape = {9600, 0, 9600};
        bank.columns = bank.rows = 2;
        bank.velocities = {127};
        bank.sound = [](const SamplePosition& at) {
            return (0.2 + 0.2 * at.column + 0.1 * at.row) * sine(1000, at.frame);
        };
        bank.release = [](uint32_t, uint32_t) { return 0.02f; };
        return bank.open();
    }();
    return opened;
}

struct MidiPlayer : Player {
    MidiPlayer() : Player(bank()) {
        set(Parameter::x, 0.0f);
        set(Parameter::y, 1.0f);
    }
    uint32_t voices() const { return synth.status().voices; }
    double amplitude(double hertz = 1000.0) {
        play(4800);
        return fit_sinusoid(std::span(left).subspan(left.size() - 2400), hertz).amplitude;
    }
    double hertz(double guess) {
        play(9600);
        return find_sinusoid(std::span(left).subspan(left.size() - 4800), guess).hertz;
    }
};

double semitones(double count) { return std::exp2(count / 12.0); }

} // namespace

BOOST_FIXTURE_TEST_CASE(note_on_and_off, MidiPlayer) {
    send({0x93, 69, 127});
    BOOST_TEST(std::abs(amplitude() - 0.2) < 1e-3);
    send({0x93, 69, 0}); // velocity 0 is a note off
    play(9600);
    BOOST_TEST(voices() == 0u);
    send({0x93, 69, 127});
    play(640);
    send({0x82, 69, 64}); // another channel
    play(9600);
    BOOST_TEST(voices() == 1u);
    send({0x83, 69, 64});
    play(9600);
    BOOST_TEST(voices() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_repeated_key_has_one_voice, MidiPlayer) {
    for (int i = 0; i < 5; ++i) {
        note_on(69);
        play(4800);
    }
    BOOST_TEST(voices() == 1u);
}

BOOST_FIXTURE_TEST_CASE(sustain_pedal, MidiPlayer) {
    send({0xb0, 64, 127});
    note_on(69);
    play(640);
    note_off(69);
    play(9600);
    BOOST_TEST(voices() == 1u);
    send({0xb0, 64, 63});
    play(9600);
    BOOST_TEST(voices() == 0u);
    note_on(69); // a pressed key keeps sounding when the pedal is released
    send({0xb0, 64, 127});
    play(640);
    send({0xb0, 64, 0});
    play(9600);
    BOOST_TEST(voices() == 1u);
}

BOOST_FIXTURE_TEST_CASE(pitch_bend_and_its_range, MidiPlayer) {
    note_on(69);
    send({0xe0, 127, 127});
    BOOST_TEST(std::abs(hertz(1000 * semitones(2)) - 1000 * semitones(2)) < 0.01);
    send({0xe0, 0, 0});
    BOOST_TEST(std::abs(hertz(1000 * semitones(-2)) - 1000 * semitones(-2)) < 0.01);
    send({0xe0, 0, 64});
    BOOST_TEST(std::abs(hertz(1000) - 1000) < 0.01);
    send({0xb0, 101, 0}), send({0xb0, 100, 0}), send({0xb0, 6, 7}), send({0xb0, 38, 50});
    send({0xe0, 127, 127});
    BOOST_TEST(std::abs(hertz(1000 * semitones(7.5)) - 1000 * semitones(7.5)) < 0.01);
    set(Parameter::bend_range, 12.0f);
    BOOST_TEST(std::abs(hertz(2000) - 2000) < 0.02);
    send({0xb0, 99, 0}), send({0xb0, 98, 0}),
        send({0xb0, 6, 1}); // data of an unregistered parameter does not change the bend range
    BOOST_TEST(std::abs(hertz(2000) - 2000) < 0.02);
}

BOOST_FIXTURE_TEST_CASE(fine_and_coarse_tuning, MidiPlayer) {
    send({0xb0, 101, 0}), send({0xb0, 100, 2}), send({0xb0, 6, 67});
    send({0xb0, 101, 0}), send({0xb0, 100, 1}), send({0xb0, 6, 96}), send({0xb0, 38, 0});
    play(64);
    note_on(69);
    BOOST_TEST(std::abs(hertz(1000 * semitones(3.5)) - 1000 * semitones(3.5)) < 0.01);
}

BOOST_FIXTURE_TEST_CASE(volume_and_expression, MidiPlayer) {
    note_on(69, 127);
    send({0xb0, 7, 64});
    const double half = 64.0 / 127.0;
    BOOST_TEST(std::abs(amplitude() - 0.2 * half * half) < 1e-3);
    send({0xb0, 11, 64});
    BOOST_TEST(std::abs(amplitude() - 0.2 * half * half * half * half) < 1e-3);
    send({0xb1, 7, 0}); // another channel
    BOOST_TEST(std::abs(amplitude() - 0.2 * half * half * half * half) < 1e-3);
    send({0xb0, 121, 0}); // resets expression, not volume
    BOOST_TEST(std::abs(amplitude() - 0.2 * half * half) < 1e-3);
}

BOOST_FIXTURE_TEST_CASE(controllers_16_and_17_move_the_plane, MidiPlayer) {
    note_on(69, 127);
    send({0xb0, 16, 127});
    BOOST_TEST(std::abs(amplitude() - 0.4) < 1e-3);
    send({0xb0, 17, 0});
    BOOST_TEST(std::abs(amplitude() - 0.5) < 1e-3);
    BOOST_TEST(std::abs(synth.status().x - 1.0f) < 1e-3f);
    BOOST_TEST(std::abs(synth.status().y) < 1e-3f);
    set(Parameter::x, 0.5f);
    BOOST_TEST(std::abs(amplitude() - 0.4) < 1e-3);
}

BOOST_FIXTURE_TEST_CASE(all_notes_off_respects_the_pedal_and_all_sound_off_does_not, MidiPlayer) {
    for (const int number : {123, 124, 125, 126, 127}) {
        send({0xb0, 64, 127});
        note_on(69);
        play(640);
        send({0xb0, number, 0});
        play(9600);
        BOOST_TEST(voices() == 1u);
        send({0xb0, 64, 0});
        play(9600);
        BOOST_TEST(voices() == 0u);
    }
    send({0xb0, 64, 127});
    note_on(69);
    play(640);
    send({0xb0, 120, 0});
    play(64 + 240);
    BOOST_TEST(voices() == 0u);
}

BOOST_FIXTURE_TEST_CASE(reset_all_controllers_releases_the_pedal_and_centres_the_bend, MidiPlayer) {
    send({0xb0, 64, 127}), send({0xe0, 127, 127});
    note_on(69);
    play(640);
    note_off(69);
    note_on(71);
    send({0xb0, 121, 0});
    play(9600);
    BOOST_TEST(voices() == 1u);
    BOOST_TEST(std::abs(hertz(1000 * semitones(2)) - 1000 * semitones(2)) < 0.01);
}

BOOST_FIXTURE_TEST_CASE(release_all_and_reset, MidiPlayer) {
    send({0xb0, 64, 127});
    note_on(69), note_on(72), note_on(76);
    play(640);
    synth.release_all();
    play(9600);
    BOOST_TEST(voices() == 0u);
    note_on(69), note_on(72);
    play(640);
    synth.reset();
    play(64);
    BOOST_TEST(voices() == 0u);
    BOOST_TEST(peak(std::span(left).subspan(left.size() - 64)) == 0.0);
}

BOOST_FIXTURE_TEST_CASE(malformed_messages_change_nothing, MidiPlayer) {
    note_on(69, 127);
    const double before = amplitude();
    send({});
    send({0x90}), send({0x90, 60}), send({0x90, 60, 100, 100}), send({0x90, 200, 100}), send({0x90, 60, 255});
    send({60, 100, 100}), send({0xb0, 120}), send({0xe0, 0}), send({0xc0}), send({0xd0, 200});
    send({0xf8}), send({0xfe}), send({0xff}), send({0xf0, 1, 2, 3, 0xf7}), send({0xf0}), send({0xf7}),
        send({0xf2, 1, 2});
    synth.midi(0, nullptr, 0);
    synth.midi(0, nullptr, 100);
    BOOST_TEST(std::abs(amplitude() - before) < 1e-6);
    BOOST_TEST(voices() == 1u);
}

BOOST_FIXTURE_TEST_CASE(random_bytes_keep_the_output_finite, MidiPlayer) {
    std::mt19937 random(7);
    for (int block = 0; block < 2000; ++block) {
        for (int i = 0; i < 20; ++i) {
            uint8_t bytes[8];
            for (auto& byte : bytes) byte = static_cast<uint8_t>(random());
            bytes[0] |= random() % 4 ? 0x80 : 0;
            synth.midi(random() % 4 ? random() % 64 : random(), bytes, random() % 9);
        }
        play(64);
    }
    for (const float sample : left) BOOST_TEST_REQUIRE(std::isfinite(sample));
}

BOOST_FIXTURE_TEST_CASE(events_beyond_the_queue_are_counted_as_lost, MidiPlayer) {
    for (int i = 0; i < 20000; ++i) send({0x90, i % 128, 100}, static_cast<uint32_t>(i) % 64);
    play(64);
    BOOST_TEST(synth.status().lost_events == 20000u - 8192u);
    play(48000);
    BOOST_TEST(voices() == 0u);
}

BOOST_FIXTURE_TEST_CASE(parameters_ignore_non_finite_values_and_clamp, MidiPlayer) {
    for (size_t i = 0; i < parameter_count; ++i) {
        const auto parameter = static_cast<Parameter>(i);
        const auto& parameter_info = info(parameter);
        BOOST_TEST((find_parameter(parameter_info.symbol) == parameter));
        BOOST_TEST(
            (parameter_info.initial >= parameter_info.minimum && parameter_info.initial <= parameter_info.maximum));
        BOOST_TEST((parameter_info.scale != Scale::logarithmic || parameter_info.minimum > 0.0f));
        BOOST_TEST((parameter_info.scale != Scale::enumeration ||
                    parameter_info.points.size() == parameter_info.maximum - parameter_info.minimum + 1));
        set(parameter, std::numeric_limits<float>::quiet_NaN());
        set(parameter, std::numeric_limits<float>::infinity());
        BOOST_TEST(synth.parameter(parameter) == (i == 1 ? 1.0f : i == 0 ? 0.0f : parameter_info.initial));
        set(parameter, 1e30f);
        BOOST_TEST(synth.parameter(parameter) == parameter_info.maximum);
        set(parameter, -1e30f);
        BOOST_TEST(synth.parameter(parameter) == parameter_info.minimum);
        note_on(69);
        play(640);
        set(parameter, parameter_info.maximum);
        play(640);
    }
    for (const float sample : left) BOOST_TEST_REQUIRE(std::isfinite(sample));
}

BOOST_AUTO_TEST_CASE(rates_outside_the_range_are_refused) {
    for (const double rate : {0.0, -1.0, 100.0, 1e9, static_cast<double>(NAN)})
        BOOST_CHECK_THROW(Synth synth(rate), std::invalid_argument);
}
