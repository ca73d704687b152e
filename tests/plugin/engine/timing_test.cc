// SPDX-License-Identifier: GPL-3.0-or-later
// Controllers and parameters take effect exactly one tick after their frame.
#define BOOST_TEST_MODULE timing
#include "plugin/engine/dsp/resampling_kernel.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr uint32_t rate = 48000, change_frame = 4800, tick = 64, measured_frames = 960;

// Progress from 0 to 1 of a smoothed control, `frames` after its change: 99 % in 10 ms.
double smoothing_progress(double frames) {
    const double time = 6.64 * std::max(0.0, frames) / (0.01 * rate);
    return 1.0 - (1.0 + time) * std::exp(-time);
}

// The largest deviation of the level, relative to a note without the change, from the level expected at that time.
// Compared at the ends of ticks, between which gains are linear. `expected_level`: the level at a progress of the
// control; `latency`: frames from the control to the sound.
double largest_timing_error(const std::function<void(Player&, uint32_t frame)>& move, uint32_t frame,
                            const std::function<double(double progress)>& expected_level, double latency = 0.0) {
    std::vector<std::vector<float>> sounds;
    for (const bool moving : {false, true}) {
        Player player(two_tone_bank(), rate, tick);
        player.set(Parameter::x, 1.0f);
        player.set(Parameter::y, 0.0f);
        player.note_on(60);
        player.play(change_frame);
        if (moving) move(player, frame);
        player.play(measured_frames);
        sounds.push_back(player.left);
    }
    double worst = 0.0;
    for (uint32_t n = change_frame + 2 * tick - 1; n < change_frame + measured_frames; n += tick) {
        // The ratio is inaccurate near zeros of the sine.
        if (std::abs(sounds[0][n]) < 0.2) continue;
        const double level = sounds[1][n] / sounds[0][n];
        worst = std::max(worst, std::abs(level - expected_level(smoothing_progress(n + 1 - latency -
                                                                                   (change_frame + frame + tick)))));
    }
    return worst;
}

// Cells are blended before resampling, so the position is early by half the resampling kernel.
double kernel_half() {
    const auto& kernels = ResamplingKernels::instance();
    return kernels[kernels.choose(1.0)].taps / 2;
}

} // namespace

BOOST_AUTO_TEST_CASE(controllers_take_effect_one_tick_later) {
    const auto lower_volume = [](Player& player, uint32_t frame) { player.send({0xb0, 7, 64}, frame); };
    const double end_gain = std::pow(64.0 / 127.0, 2);
    const auto gain = [end_gain](double progress) { return 1.0 + (end_gain - 1.0) * progress; };
    for (const uint32_t frame : {0u, 1u, 17u, 32u, 50u, 63u})
        BOOST_TEST(largest_timing_error(lower_volume, frame, gain) < 0.005);
}

BOOST_AUTO_TEST_CASE(parameters_take_effect_one_tick_later_if_blocks_and_ticks_differ) {
    const auto lower_level = [](Player& player, uint32_t frame) {
        player.play(frame);
        player.set(Parameter::level, -12.0f);
    };
    const double end_gain = std::pow(10.0, -12.0 / 20.0);
    const auto gain = [end_gain](double progress) { return 1.0 + (end_gain - 1.0) * progress; };
    for (const uint32_t frame : {0u, 1u, 17u, 50u, 63u})
        BOOST_TEST(largest_timing_error(lower_level, frame, gain) < 0.005);
}

BOOST_AUTO_TEST_CASE(pressure_moves_the_position_one_tick_later) {
    for (const int kind : {0xd0, 0xa0}) {
        const auto apply_pressure = [kind](Player& player, uint32_t frame) {
            player.set(Parameter::pressure_x, -50.0f);
            player.set(Parameter::glide, 10.0f);
            if (kind == 0xd0)
                player.send({kind, 127}, frame);
            else
                player.send({kind, 60, 127}, frame);
        };
        const auto level = [](double progress) { return 1.0 - 0.5 * progress; };
        for (const uint32_t frame : {0u, 1u, 17u, 50u, 63u})
            BOOST_TEST(largest_timing_error(apply_pressure, frame, level, kernel_half()) < 0.03);
    }
}

BOOST_AUTO_TEST_CASE(x_moves_one_tick_later) {
    const auto move_x = [](Player& player, uint32_t frame) {
        player.set(Parameter::glide, 10.0f);
        player.send({0xb0, 16, 0}, frame);
    };
    for (const uint32_t frame : {0u, 1u, 17u, 50u, 63u})
        BOOST_TEST(largest_timing_error(
                       move_x, frame, [](double progress) { return 1.0 - progress; }, kernel_half()) < 0.03);
}
