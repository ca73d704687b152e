// Whatever frame a controller or parameter moves on, the sound follows by just one tick later.
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

constexpr uint32_t rate = 48000, when = 4800, tick = 64, lasts = 960;

// Share of its way that a control has gone, `frames` after it was moved: 99 % in 10 ms.
double gone(double frames) {
    const double way = 6.64 * std::max(0.0, frames) / (0.01 * rate);
    return 1.0 - (1.0 + way) * std::exp(-way);
}

// How far the sound's level is at most from where it would be on time, beside that of a note without the move: at the
// ends of ticks, which straight lines join. `way`: the level by the control's share;
// `before`: frames that lie between the control and the sound.
double untimely(const std::function<void(Player&, uint32_t frame)>& move, uint32_t frame,
                const std::function<double(double share)>& way, double before = 0.0) {
    std::vector<std::vector<float>> sounds;
    for (const bool moves : {false, true}) {
        Player player(two_tone_bank(), rate, tick);
        player.set(Parameter::x, 1.0f);
        player.set(Parameter::y, 0.0f);
        player.note_on(60);
        player.play(when);
        if (moves) move(player, frame);
        player.play(lasts);
        sounds.push_back(player.left);
    }
    double worst = 0.0;
    for (uint32_t n = when + 2 * tick - 1; n < when + lasts; n += tick) {
        // A sine tells nothing around its zeros.
        if (std::abs(sounds[0][n]) < 0.2) continue;
        const double share = sounds[1][n] / sounds[0][n];
        worst = std::max(worst, std::abs(share - way(gone(n + 1 - before - (when + frame + tick)))));
    }
    return worst;
}

// A voice blends the cells as soon as its kernel reaches them, half the kernel ahead.
double kernel_half() {
    const auto& kernels = ResamplingKernels::instance();
    return kernels[kernels.choose(1.0)].taps / 2;
}

} // namespace

BOOST_AUTO_TEST_CASE(controllers_move_the_sound_on_time) {
    const auto quieter = [](Player& player, uint32_t frame) { player.send({0xb0, 7, 64}, frame); };
    const double low = std::pow(64.0 / 127.0, 2);
    const auto gain = [low](double share) { return 1.0 + (low - 1.0) * share; };
    for (const uint32_t frame : {0u, 1u, 17u, 32u, 50u, 63u}) BOOST_TEST(untimely(quieter, frame, gain) < 0.005);
}

BOOST_AUTO_TEST_CASE(parameters_too_when_blocks_and_ticks_lie_askew) {
    const auto narrower = [](Player& player, uint32_t frame) {
        player.play(frame);
        player.set(Parameter::level, -12.0f);
    };
    const double low = std::pow(10.0, -12.0 / 20.0);
    const auto gain = [low](double share) { return 1.0 + (low - 1.0) * share; };
    for (const uint32_t frame : {0u, 1u, 17u, 50u, 63u}) BOOST_TEST(untimely(narrower, frame, gain) < 0.005);
}

BOOST_AUTO_TEST_CASE(a_finger_s_pressure_moves_the_place_on_time) {
    for (const int kind : {0xd0, 0xa0}) {
        const auto press = [kind](Player& player, uint32_t frame) {
            player.set(Parameter::pressure_x, -50.0f);
            player.set(Parameter::glide, 10.0f);
            if (kind == 0xd0)
                player.send({kind, 127}, frame);
            else
                player.send({kind, 60, 127}, frame);
        };
        const auto level = [](double share) { return 1.0 - 0.5 * share; };
        for (const uint32_t frame : {0u, 1u, 17u, 50u, 63u})
            BOOST_TEST(untimely(press, frame, level, kernel_half()) < 0.03);
    }
}

BOOST_AUTO_TEST_CASE(x_moves_on_time) {
    const auto go = [](Player& player, uint32_t frame) {
        player.set(Parameter::glide, 10.0f);
        player.send({0xb0, 16, 0}, frame);
    };
    for (const uint32_t frame : {0u, 1u, 17u, 50u, 63u})
        BOOST_TEST(untimely(
                       go, frame, [](double share) { return 1.0 - share; }, kernel_half()) < 0.03);
}
