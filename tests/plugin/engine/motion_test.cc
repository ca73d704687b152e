// SPDX-License-Identifier: GPL-3.0-or-later
// Motion on the plane: no clicks and no noise, at any speed and from any source.
#define BOOST_TEST_MODULE motion
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// Neighbouring cells differ as much as possible: a slow sine with opposite signs.
std::shared_ptr<const Bank> checkerboard(uint16_t columns, uint16_t rows) {
    SyntheticBank bank;
    bank.columns = columns;
    bank.rows = rows;
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) { return ((at.column + at.row) % 2 ? -0.9 : 0.9) * sine(50, at.frame); };
    return bank.open();
}

// Coherent cells: the same partials with different amplitudes.
constexpr int partials = 6;
constexpr double fundamental = 500.0;
std::shared_ptr<const Bank> harmonic_bank() {
    SyntheticBank bank;
    bank.columns = bank.rows = 7;
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) {
        double sum = 0.0;
        for (int p = 1; p <= partials; ++p)
            sum += std::cos(0.5 + 1.3 * p * (1 + at.column) + 0.7 * p * p * at.row) * sine(fundamental * p, at.frame);
        return sum / partials;
    };
    return bank.open();
}

double sine_position(double hertz, size_t frame) {
    return 0.5 + 0.5 * std::sin(2.0 * std::numbers::pi * hertz * static_cast<double>(frame) / 48000.0);
}

double strongest_far_from_partials(std::span<const float> signal) {
    const auto spectrum = spectrum_db(signal, 65536);
    double worst = -300.0;
    for (size_t k = 0; k < spectrum.size(); ++k) {
        const double hertz = static_cast<double>(k) * 48000.0 / 65536;
        bool near = false;
        for (int p = 1; p <= partials; ++p) near = near || std::abs(hertz - fundamental * p) <= 500.0;
        if (!near) worst = std::max(worst, spectrum[k]);
    }
    return worst;
}

} // namespace

BOOST_AUTO_TEST_CASE(sweeps_across_cells_have_no_larger_steps_than_one_cell) {
    const auto bank = checkerboard(5, 5);
    Player still(bank);
    still.set(Parameter::x, 0.0f);
    still.set(Parameter::y, 0.0f);
    still.note_on(69);
    still.play(48000);
    const double still_step = largest_step(still.left), still_second_difference = largest_second_difference(still.left);

    Player moving(bank);
    moving.set(Parameter::x, 0.0f);
    moving.set(Parameter::y, 0.0f);
    moving.note_on(69);
    for (int line = 0; line <= 16; ++line) { // along X, each time a quarter of a cell farther north
        moving.set(Parameter::y, static_cast<float>(line) / 16.0f);
        moving.play(48000, [&](uint32_t frame) {
            const float fraction = static_cast<float>(frame) / 48000.0f;
            moving.set(Parameter::x, line % 2 ? 1.0f - fraction : fraction);
        });
    }
    BOOST_TEST_MESSAGE("largest step: still " << still_step << ", sweeping " << largest_step(moving.left));
    BOOST_TEST_MESSAGE("largest second difference: still " << still_second_difference << ", sweeping "
                                                           << largest_second_difference(moving.left));
    BOOST_TEST(largest_step(moving.left) <= 1.05 * still_step);
    // The second difference is largest during the glides to the north.
    BOOST_TEST(largest_second_difference(moving.left) <= 4.0 * still_second_difference);
}

BOOST_AUTO_TEST_CASE(jumps_across_the_plane_do_not_click) {
    const auto bank = checkerboard(8, 8);
    Player player(bank);
    player.set(Parameter::glide, 10.0f);
    player.note_on(69);
    uint32_t random = 1;
    for (int jump = 0; jump < 200; ++jump) {
        random = random * 1664525u + 1013904223u;
        player.send({0xb0, 16, static_cast<int>(random >> 25)}, random % 64);
        player.send({0xb0, 17, static_cast<int>(random >> 18 & 127)}, random % 64);
        player.play(480);
    }
    // Up to seven cells of alternating sign in 10 ms: at most 0.036 cells per frame, and neighbours differ by 1.8.
    BOOST_TEST(largest_step(player.left) < 0.1);
}

BOOST_AUTO_TEST_CASE(fast_motion_by_parameter_stays_near_the_partials) {
    Player player(harmonic_bank());
    player.note_on(69);
    player.set(Parameter::glide, 20.0f);
    player.play(80000, [&](uint32_t frame) { player.set(Parameter::x, static_cast<float>(sine_position(10, frame))); });
    const double worst = strongest_far_from_partials(std::span(player.left).subspan(8000));
    BOOST_TEST_MESSAGE("10 Hz by parameter, farther than 500 Hz from a partial: " << worst << " dB");
    BOOST_TEST(worst < -70.0);
}

BOOST_AUTO_TEST_CASE(fast_motion_by_audio_rate_input_stays_near_the_partials) {
    Player player(harmonic_bank());
    player.note_on(69);
    player.set(Parameter::glide, 1.0f);
    player.set(Parameter::x, 0.0f);
    player.set(Parameter::y, 0.0f);
    for (size_t n = 0; n < 80000; ++n) {
        player.x_cv.push_back(static_cast<float>(sine_position(10, n)));
        player.y_cv.push_back(static_cast<float>(sine_position(7, n)));
    }
    player.play(80000);
    const double worst = strongest_far_from_partials(std::span(player.left).subspan(8000));
    BOOST_TEST_MESSAGE("10 Hz at audio rate, farther than 500 Hz from a partial: " << worst << " dB");
    BOOST_TEST(worst < -70.0);
}

BOOST_AUTO_TEST_CASE(the_audio_rate_input_adds_to_the_position) {
    SyntheticBank line;
    line.columns = 2;
    line.pitches = {69};
    line.shape = {9600, 0, 9600};
    line.sound = [](const SamplePosition& at) { return (at.column == 0 ? 0.2 : 0.6) * sine(1000, at.frame); };
    Player player(line.open());
    player.set(Parameter::x, 0.25f);
    player.x_cv.assign(9600, 0.5f);
    player.note_on(69);
    player.play(9600);
    BOOST_TEST(std::abs(fit_sinusoid(std::span(player.left).subspan(4800), 1000).amplitude - 0.5) < 1e-4);
    BOOST_TEST(std::abs(player.synth.status().x - 0.75f) < 1e-4f);
    player.x_cv.resize(19200, std::numeric_limits<float>::quiet_NaN());
    player.play(9600);
    BOOST_TEST(std::abs(fit_sinusoid(std::span(player.left).subspan(14400), 1000).amplitude - 0.3) < 1e-4);
}

BOOST_AUTO_TEST_CASE(the_glide_takes_the_set_time) {
    for (const float milliseconds : {5.0f, 100.0f, 1000.0f}) {
        Player player(nullptr);
        player.set(Parameter::glide, milliseconds);
        player.set(Parameter::x, 0.0f);
        player.play(64);
        player.set(Parameter::x, 1.0f);
        const auto frames = static_cast<uint32_t>(milliseconds * 48.0f);
        player.play(frames / 3);
        BOOST_TEST(player.synth.status().x < 0.9f);
        player.play(frames - frames / 3 + 64);
        BOOST_TEST(player.synth.status().x > 0.985f);
    }
}

BOOST_AUTO_TEST_CASE(the_first_block_starts_at_the_set_position) {
    Player player(nullptr);
    player.set(Parameter::x, 1.0f);
    player.set(Parameter::glide, 5000.0f);
    player.play(1);
    BOOST_TEST(player.synth.status().x == 1.0f);

    Player sounding(checkerboard(2, 2)); // the same for a note in the first block
    sounding.set(Parameter::x, 0.0f);
    sounding.set(Parameter::y, 0.0f);
    sounding.note_on(69);
    sounding.play(640);
    for (uint32_t n = 0; n < 640; ++n) BOOST_TEST_REQUIRE(std::abs(sounding.left[n] + 0.9 * sine(50, n)) < 1e-4);
}
