// SPDX-License-Identifier: GPL-3.0-or-later
// The sound of notes: pitch, level, distortion, loops, velocity layers, envelope.
#define BOOST_TEST_MODULE sound
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
namespace data = boost::unit_test::data;

namespace {

// A sine with whole periods in the loop, stored at MIDI note 60.
SyntheticBank sine_bank(double hertz, double amplitude = 1.0) {
    SyntheticBank bank;
    bank.pitches = {60};
    bank.shape = {12000, 2400, 12000}; // the loop holds whole periods of every multiple of 5 Hz
    bank.sound = [=](const SamplePosition& at) { return amplitude * sine(hertz, at.frame); };
    return bank;
}

double semitones(double count) { return std::exp2(count / 12.0); }

std::span<const float> section(const std::vector<float>& signal, size_t start, size_t count = ~size_t{0}) {
    const std::span<const float> all(signal);
    return all.subspan(start, std::min(count, all.size() - start));
}

} // namespace

BOOST_AUTO_TEST_CASE(silent_without_a_bank_and_without_notes) {
    Player none(nullptr);
    none.note_on(60);
    none.play(1000);
    BOOST_TEST(peak(none.left) == 0.0);
    Player quiet(sine_bank(1000).open());
    quiet.play(1000);
    BOOST_TEST(peak(quiet.left) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_stored_pitch_at_the_bank_rate_plays_the_stored_sound) {
    auto bank = sine_bank(1000, 0.5);
    bank.right_gain = -0.5;
    Player player(bank.open());
    player.note_on(60);
    player.play(20000);
    for (uint32_t n = 0; n < 20000; ++n) {
        const double expected = 0.5 * sine(1000, n);
        BOOST_TEST_REQUIRE(std::abs(player.left[n] - expected) < 3e-5);
        BOOST_TEST_REQUIRE(std::abs(player.right[n] + 0.5 * expected) < 3e-5);
    }
}

BOOST_DATA_TEST_CASE(sinad_seven_semitones_up_across_the_loop_seam, data::make({1000.0, 4000.0, 8000.0, 12000.0}),
                     hertz) {
    Player player(sine_bank(hertz).open());
    player.note_on(67);
    player.play(40000); // repeats the loop six times
    const double measured = sinad(section(player.left, 2000), hertz * semitones(7));
    BOOST_TEST_MESSAGE("SINAD of " << hertz << " Hz 7 semitones up: " << measured << " dB");
    BOOST_TEST(measured >= 85.0);
}

BOOST_DATA_TEST_CASE(sinad_at_other_rates, data::make({44100.0, 96000.0, 192000.0}), rate) {
    Player player(sine_bank(4000).open(), rate);
    player.note_on(58);
    player.play(40000);
    const double measured = sinad(section(player.left, 8000), 4000 * semitones(-2), rate);
    BOOST_TEST_MESSAGE("SINAD of 4 kHz 2 semitones down at " << rate << ": " << measured << " dB");
    BOOST_TEST(measured >= 85.0);
}

BOOST_AUTO_TEST_CASE(an_octave_up_leaves_no_images_and_aliases) {
    double worst = -200.0;
    for (int khz = 1; khz <= 23; ++khz) {
        const double hertz = khz * 1000.0 + 5.0 * khz;
        Player player(sine_bank(hertz).open());
        player.send({0xb0, 101, 0}), player.send({0xb0, 100, 0}), player.send({0xb0, 6, 12});
        player.send({0xe0, 127, 127});
        player.play(4000); // until the bend is smoothed
        player.note_on(60);
        player.play(40000);
        const auto spectrum = spectrum_db(section(player.left, 6000), 32768);
        for (size_t k = 8; k < spectrum.size(); ++k)
            if (std::abs(static_cast<double>(k) * 48000.0 / 32768 - 2.0 * hertz) > 12.0)
                worst = std::max(worst, spectrum[k]);
    }
    BOOST_TEST_MESSAGE("strongest image or alias an octave up: " << worst << " dB");
    BOOST_TEST(worst < -80.0);
}

BOOST_AUTO_TEST_CASE(an_octave_up_keeps_the_sound_below_16_kHz) {
    for (const double hertz : {1000.0, 4000.0, 8000.0}) {
        Player player(sine_bank(hertz, 0.5).open());
        player.set(Parameter::bend_range, 12);
        player.send({0xe0, 127, 127});
        player.play(4000);
        player.note_on(60);
        player.play(10000);
        const auto partial = find_sinusoid(section(player.left, 6000), 2.0 * hertz);
        BOOST_TEST(std::abs(db(partial.amplitude / 0.5)) < 1.0);
    }
}

BOOST_AUTO_TEST_CASE(keys_between_and_beyond_the_stored_pitches_sound_in_tune) {
    SyntheticBank bank;
    bank.pitches = {48, 52, 72};
    bank.shape = {24000, 0, 24000};
    bank.sound = [](const SamplePosition& at) {
        const double hertz = std::round(440.0 * semitones(at.pitch - 69) / 2.0) * 2.0;
        return 0.5 * sine(hertz, at.frame);
    };
    const auto opened = bank.open();
    for (const int key : {36, 48, 49, 50, 51, 52, 60, 63, 72, 80}) {
        const int stored = key <= 49 ? 48 : key <= 61 ? 52 : 72;
        const double stored_hertz = std::round(440.0 * semitones(stored - 69) / 2.0) * 2.0;
        const int used_pitch = key == 50 || key == 51 ? 52 : key == 60 ? 52 : stored;
        const double hertz =
            used_pitch == stored ? stored_hertz : std::round(440.0 * semitones(used_pitch - 69) / 2.0) * 2.0;
        Player player(opened);
        player.note_on(key);
        player.play(24000);
        const auto partial = find_sinusoid(section(player.left, 2000), hertz * semitones(key - used_pitch));
        BOOST_TEST_CONTEXT("key " << key) {
            const double cents = 1200.0 * std::log2(partial.hertz / (hertz * semitones(key - used_pitch)));
            BOOST_TEST(std::abs(cents) < 0.05);
            BOOST_TEST(std::abs(db(partial.amplitude / 0.5)) < 0.1);
        }
    }
}

BOOST_AUTO_TEST_CASE(four_cells_blend_bilinearly) {
    SyntheticBank bank = sine_bank(0);
    bank.columns = 3;
    bank.rows = 3;
    // Coherent cells: one sine with a different amplitude in each.
    const double amplitude[3][3] = {{0.1, 0.5, 0.9}, {0.7, 0.2, 0.4}, {0.3, 0.8, 0.6}};
    bank.sound = [&](const SamplePosition& at) { return amplitude[at.row][at.column] * sine(1000, at.frame); };
    const auto opened = bank.open();
    for (const float x : {0.0f, 0.1f, 0.25f, 0.5f, 0.7f, 1.0f})
        for (const float y : {0.0f, 0.3f, 0.5f, 0.75f, 1.0f}) {
            Player player(opened);
            player.set(Parameter::x, x);
            player.set(Parameter::y, y);
            player.note_on(60);
            player.play(4800);
            const double column = x * 2.0, row = (1.0 - y) * 2.0;
            const int c = std::min(1, static_cast<int>(column)), r = std::min(1, static_cast<int>(row));
            const double u = column - c, v = row - r;
            const double expected = (1 - u) * (1 - v) * amplitude[r][c] + u * (1 - v) * amplitude[r][c + 1] +
                                    (1 - u) * v * amplitude[r + 1][c] + u * v * amplitude[r + 1][c + 1];
            BOOST_TEST_CONTEXT("x " << x << " y " << y)
            BOOST_TEST(std::abs(fit_sinusoid(section(player.left, 480), 1000).amplitude - expected) < 1e-4);
        }
}

BOOST_AUTO_TEST_CASE(a_line_of_two_cells_plays) {
    SyntheticBank line = sine_bank(0);
    line.columns = 2;
    line.sound = [](const SamplePosition& at) { return (at.column == 0 ? 0.2 : 0.6) * sine(1000, at.frame); };
    Player player(line.open());
    player.set(Parameter::x, 0.25f);
    player.set(Parameter::y, 0.9f);
    player.note_on(60);
    player.play(4800);
    BOOST_TEST(std::abs(fit_sinusoid(section(player.left, 480), 1000).amplitude - 0.3) < 1e-4);
}

BOOST_AUTO_TEST_CASE(velocity_blends_neighbouring_layers_and_scales_beyond_them) {
    SyntheticBank bank = sine_bank(0);
    bank.velocities = {50, 110};
    bank.sound = [](const SamplePosition& at) { return (at.velocity == 50 ? 0.2 : 0.6) * sine(1000, at.frame); };
    const auto opened = bank.open();
    const auto level = [&](int velocity, float sensitivity) {
        Player player(opened);
        player.set(Parameter::velocity_sensitivity, sensitivity);
        player.note_on(60, velocity);
        player.play(4800);
        return fit_sinusoid(section(player.left, 480), 1000).amplitude;
    };
    BOOST_TEST(std::abs(level(50, 100) - 0.2) < 1e-4);
    BOOST_TEST(std::abs(level(80, 100) - 0.4) < 1e-4);
    BOOST_TEST(std::abs(level(110, 100) - 0.6) < 1e-4);
    BOOST_TEST(std::abs(level(25, 100) - 0.05) < 1e-4);
    BOOST_TEST(level(127, 100) > 0.7);
    BOOST_TEST(std::abs(level(10, 0) - level(120, 0)) < 1e-6);
    for (int velocity = 2; velocity <= 127; ++velocity) BOOST_TEST(level(velocity, 100) > level(velocity - 1, 100));
}

BOOST_AUTO_TEST_CASE(notes_start_on_their_frame) {
    SyntheticBank bank;
    bank.shape = {4800, 0, 0};
    bank.sound = [](const SamplePosition& at) { return at.frame == 0 ? 1.0 : 0.0; };
    const auto opened = bank.open();
    for (const uint32_t frame : {0u, 1u, 31u, 32u, 33u, 63u}) {
        Player player(opened);
        player.play(64);
        player.note_on(69, 100, frame);
        player.play(64);
        for (uint32_t n = 0; n < 128; ++n)
            BOOST_TEST_REQUIRE(std::abs(player.left[n] - (n == 64 + frame ? 1.0f : 0.0f)) < 1e-4f);
    }
}

BOOST_AUTO_TEST_CASE(a_note_without_a_loop_ends_by_itself) {
    SyntheticBank bank;
    bank.shape = {2000, 0, 0};
    bank.sound = [](const SamplePosition& at) { return sine(1000, at.frame); };
    Player player(bank.open());
    player.note_on(69);
    player.play(2048);
    BOOST_TEST(player.synth.status().voices == 1u);
    player.play(1024);
    BOOST_TEST(player.synth.status().voices == 0u);
    BOOST_TEST(peak(section(player.left, 2100)) == 0.0);
}

BOOST_AUTO_TEST_CASE(loop_decay_is_interpolated_over_the_plane) {
    SyntheticBank bank = sine_bank(1000);
    bank.columns = 2;
    bank.decay = [](uint32_t column, uint32_t) { return column == 0 ? 10.0f : 30.0f; };
    const auto opened = bank.open();
    for (const float x : {0.0f, 0.5f, 1.0f}) {
        Player player(opened);
        player.set(Parameter::x, x);
        player.note_on(60);
        player.play(100000);
        const double early = db(fit_sinusoid(section(player.left, 24000, 480), 1000).amplitude);
        const double late = db(fit_sinusoid(section(player.left, 72000, 480), 1000).amplitude);
        BOOST_TEST(std::abs(early - late - (10.0 + 20.0 * x)) < 0.02);
        const double before_loop_end = db(fit_sinusoid(section(player.left, 0, 2400), 1000).amplitude);
        BOOST_TEST(std::abs(before_loop_end) < 0.01);
    }
}

BOOST_AUTO_TEST_CASE(envelope_times_are_as_set) {
    const auto opened = sine_bank(1000).open();
    const auto level = [](const Player& player, uint32_t at) {
        return db(fit_sinusoid(section(player.left, at, 480), 1000).amplitude);
    };
    Player player(opened);
    player.set(Parameter::attack, 0.2f);
    player.set(Parameter::decay, 0.5f);
    player.set(Parameter::sustain, -12.0f);
    player.set(Parameter::release_mode, 1.0f);
    player.set(Parameter::release, 0.5f);
    player.note_on(60);
    player.play(48000);
    BOOST_TEST(std::abs(level(player, 4800 - 240) + 6.0206) < 0.1);
    BOOST_TEST(std::abs(level(player, 9600 + 12000 - 240) + 6.0) < 0.1);
    BOOST_TEST(std::abs(level(player, 40000) + 12.0) < 0.01);
    player.note_off(60);
    player.play(48000);
    BOOST_TEST(std::abs(level(player, 48000 + 12000 - 240) + 12.0 + 30.0) < 0.2);
    BOOST_TEST(player.synth.status().voices == 0u);
}

BOOST_AUTO_TEST_CASE(natural_release_is_interpolated_over_the_plane) {
    SyntheticBank bank = sine_bank(1000);
    bank.columns = 2;
    bank.release = [](uint32_t column, uint32_t) { return column == 0 ? 0.5f : 1.5f; };
    Player player(bank.open());
    player.set(Parameter::x, 0.5f);
    player.note_on(60);
    player.play(9600);
    player.note_off(60);
    player.play(48000);
    BOOST_TEST(std::abs(db(fit_sinusoid(section(player.left, 9600 + 24000 - 240, 480), 1000).amplitude) + 30.0) < 0.2);
}

BOOST_AUTO_TEST_CASE(level_is_in_decibels_and_silent_at_its_minimum) {
    const auto opened = sine_bank(1000).open();
    for (const float level : {-12.0f, 6.0f}) {
        Player player(opened);
        player.set(Parameter::level, level);
        player.note_on(60);
        player.play(4800);
        BOOST_TEST(std::abs(db(fit_sinusoid(section(player.left, 480), 1000).amplitude) - level) < 0.01);
    }
    Player player(opened);
    player.set(Parameter::level, -60.0f);
    player.note_on(60);
    player.play(4800);
    BOOST_TEST(peak(player.left) == 0.0);
}

BOOST_AUTO_TEST_CASE(blocks_of_one_frame_sound_like_blocks_of_64) {
    SyntheticBank bank = sine_bank(0);
    bank.columns = bank.rows = 4;
    bank.sound = [](const SamplePosition& at) {
        return 0.3 * sine(200.0 * (1 + at.column), at.frame) + 0.3 * sine(335.0 * (1 + at.row), at.frame);
    };
    const auto opened = bank.open();
    const auto play = [&](uint32_t block) {
        Player player(opened, 48000.0, block);
        const auto at = [](uint32_t frame, uint32_t block_start, uint32_t count) {
            return frame >= block_start && frame < block_start + count;
        };
        player.play(20000, [&](uint32_t position) {
            if (at(100, position, block)) player.note_on(64, 90, 100 - position);
            if (at(1003, position, block)) player.send({0xe0, 0, 100}, 1003 - position);
            if (at(2017, position, block)) player.send({0xb0, 16, 127}, 2017 - position);
            if (at(5555, position, block)) player.note_on(57, 60, 5555 - position);
            if (at(7000, position, block)) player.note_off(64, 7000 - position);
            if (at(9001, position, block)) player.send({0xb0, 17, 3}, 9001 - position);
        });
        return player.left;
    };
    const auto small = play(1), large = play(64), odd = play(37);
    double difference = 0.0;
    for (size_t n = 0; n < small.size(); ++n)
        difference = std::max({difference, std::abs(static_cast<double>(small[n]) - large[n]),
                               std::abs(static_cast<double>(odd[n]) - large[n])});
    BOOST_TEST_MESSAGE("blocks of 1, 37 and 64 frames differ by " << db(difference) << " dB");
    BOOST_TEST(db(difference) < -120.0);
}
