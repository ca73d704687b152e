// What moves the place on the plane by itself: key, velocity, orbit, wander; and the layer under the blend.
#define BOOST_TEST_MODULE modulation
#include "tests/engine/measure.h"
#include "tests/engine/player.h"
#include "tests/engine/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::test;

namespace {

struct TwoTones : Player {
    explicit TwoTones(uint32_t block = 64) : Player(two_tone_bank(), 48000.0, block) {
        set(Parameter::velocity_sensitivity, 0.0f);
    }
    std::span<const float> last(uint32_t frames) const { return std::span(left).last(frames); }
};

} // namespace

BOOST_AUTO_TEST_CASE(the_place_follows_key_and_velocity) {
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
        TwoTones player;
        player.set(Parameter::key_x, 50);
        player.set(Parameter::velocity_y, -50);
        player.note_on(key, velocity);
        player.play(4800);
        BOOST_TEST(std::abs(heard_x(player.last(4800)) - x) < 1e-3);
        BOOST_TEST(std::abs(heard_y(player.last(4800)) - y) < 1e-3);
    }
}

BOOST_AUTO_TEST_CASE(tracking_set_while_a_note_sounds_glides) {
    TwoTones player;
    player.set(Parameter::x, 0);
    player.set(Parameter::y, 0);
    player.set(Parameter::glide, 20);
    player.note_on(84);
    player.play(4800);
    const double quiet = largest_step(player.left);
    player.set(Parameter::key_x, 100);
    player.play(9600);
    BOOST_TEST(std::abs(heard_x(player.last(4800)) - 0.5) < 1e-3);
    BOOST_TEST(quiet < 1e-6);
    BOOST_TEST(largest_step(player.left) < 1.05 * 0.5 * tone_level * 2 * std::sin(M_PI * tone_of_x / 48000));
}
