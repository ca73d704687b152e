// SPDX-License-Identifier: GPL-3.0-or-later
// Playback of gestures: loops, sync to the transport, gestures of each note, validation.
#define BOOST_TEST_MODULE gesture
#include "tests/plugin/engine/support/gesture_player.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

// Starts the transport at beat 2 together with a note; returns the sound.
std::vector<float> note_at_beat_two(GesturePlayer& player) {
    player.left.clear();
    player.right.clear();
    player.synth.set_transport(0, {true, 1.0, 2.0, 120.0});
    player.note_on(60);
    player.play(9600);
    return player.left;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_gesture_loop_does_not_click) {
    const auto bank = two_tone_bank();
    GesturePlayer still(tick, bank);
    still.set(Parameter::x, 1);
    still.set(Parameter::y, 1);
    still.note_on(60);
    still.play(4800);
    GesturePlayer player(tick, bank);
    player.synth.set_gesture(
        {0.0, 0.0, {gesture_point(0, {0, 1}), gesture_point(90000, {0.5f, 1}), gesture_point(100000, {1, 0})}});
    player.set(Parameter::gesture, mode_play);
    player.note_on(60);
    player.play(48000);
    BOOST_TEST(std::abs(measure_x(std::span(player.left).last(48000)) - 0.5) < 0.3); // it moves
    BOOST_TEST(largest_step(player.left) < 1.05 * largest_step(still.left));
    BOOST_TEST(largest_second_difference(player.left) < 1.1 * largest_second_difference(still.left));
    // The same while it is switched on and off.
    for (int i = 0; i < 30; ++i) {
        player.set(Parameter::gesture, i % 2 ? mode_play : mode_off);
        player.set(Parameter::gesture_scope, i % 3 ? 0.0f : 1.0f);
        player.play(1000 + 64 * static_cast<uint32_t>(i));
    }
    BOOST_TEST(largest_step(player.left) < 1.05 * largest_step(still.left));
}

BOOST_AUTO_TEST_CASE(a_gesture_loop_returns_to_its_start_smoothly) {
    GesturePlayer player(tick, two_tone_bank());
    player.synth.set_gesture(ramp());
    player.set(Parameter::gesture, mode_play);
    player.note_on(60);
    const auto path = player.record_path(48000 * 3);
    double largest = 0;
    for (size_t n = 1; n < path.size(); ++n) largest = std::max(largest, distance(path[n], path[n - 1]));
    BOOST_TEST(largest < 0.1); // across the plane in 50 ms
}

BOOST_AUTO_TEST_CASE(a_synced_gesture_follows_the_transport_within_a_tick) {
    GesturePlayer player;
    player.synth.set_gesture(ramp());
    player.set(Parameter::gesture, mode_play);
    player.set(Parameter::gesture_sync, sync_four_beats);
    const double step = 2.0 * tick / 48000 * (180.0 / 60 / 4) + 2e-3; // motion in a tick, and the rest of the smoothing
    const auto largest_error = [&](double beat, double tempo, uint32_t frames) {
        double worst = 0;
        player.record_path(frames, [&](uint32_t frame) {
            const double fraction = (beat + frame / 48000.0 * tempo / 60) / 4;
            const bool near_seam =
                fraction - std::floor(fraction) < 0.1 * tempo / 60 / 4; // the jump is smoothed for 0.1 s
            if (frame > 4800 && !near_seam)
                worst = std::max(worst, distance(player.position(), ramp_position(fraction)));
        });
        return worst;
    };
    player.synth.set_transport(0, {true, 5.0, 10.0, 120.0});
    BOOST_TEST(largest_error(10.0, 120.0, 192000) < step);
    player.synth.set_transport(0, {true, 9.0, 18.0, 180.0}); // another tempo
    BOOST_TEST(largest_error(18.0, 180.0, 96000) < step);
    player.synth.set_transport(0, {true, 1.0, 3.7, 180.0}); // a jump
    BOOST_TEST(largest_error(3.7, 180.0, 96000) < step);
    player.synth.set_transport(0, {true, 1.0, 3.7, std::numeric_limits<double>::quiet_NaN()}); // ignored
    BOOST_TEST(largest_error(3.7 + 6.0, 180.0, 96000) < step);
}

BOOST_AUTO_TEST_CASE(transport_changes_apply_at_their_frame) {
    GesturePlayer player(4096), small(16);
    for (auto* one : {&player, &small}) {
        one->synth.set_gesture(ramp());
        one->set(Parameter::gesture, mode_play);
    }
    player.synth.set_transport(1000, {true, 0.25, 0.0, 120.0});
    player.synth.set_transport(4095, {true, 0.75, 0.0, 120.0});
    player.play(48000 / 5);
    small.play(48000 / 5, [&](uint32_t frame) {
        if (frame == 992) small.synth.set_transport(8, {true, 0.25, 0.0, 120.0});
        if (frame == 4080) small.synth.set_transport(15, {true, 0.75, 0.0, 120.0});
    });
    BOOST_TEST(distance(player.position(), ramp_position(0.75 + (9600 - 4095) / 48000.0)) < 0.01);
    BOOST_TEST(distance(player.position(), small.position()) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_gesture_starts_when_switched_on_while_the_transport_is_stopped) {
    GesturePlayer player;
    player.synth.set_gesture(ramp());
    player.record_path(4800);
    player.set(Parameter::gesture, mode_play);
    player.record_path(48000 / 4 * 3);
    BOOST_TEST(distance(player.position(), ramp_position(0.75)) < 0.003);
    player.record_path(48000);
    BOOST_TEST(distance(player.position(), ramp_position(0.75)) < 0.003);
    player.set(Parameter::gesture_loop, 0);
    player.set(Parameter::gesture, mode_off);
    player.record_path(4800);
    player.set(Parameter::gesture, mode_play);
    player.record_path(96000);
    BOOST_TEST(distance(player.position(), {1, 0}) < 1e-4);
    player.set(Parameter::gesture_loop, 1); // uses the tempo even while stopped
    player.set(Parameter::gesture_sync, sync_four_beats);
    player.synth.set_transport(0, {false, 0.0, 0.0, 240.0});
    player.set(Parameter::gesture, mode_off);
    player.record_path(4800);
    player.set(Parameter::gesture, mode_play);
    player.record_path(48000 / 4 * 3);
    BOOST_TEST(distance(player.position(), ramp_position(0.75)) < 0.003);
}

// Hosts call the plugin for an arbitrary time before an exported song starts.
BOOST_AUTO_TEST_CASE(motion_from_transport_start_does_not_depend_on_earlier_blocks) {
    const auto bank = two_tone_bank();
    const auto sound_from_start = [&](float sync, uint32_t frames_before) {
        GesturePlayer player(tick, bank);
        player.synth.set_gesture(ramp());
        for (const auto& [parameter, value] : {std::pair(Parameter::gesture, mode_play),
                                               {Parameter::gesture_sync, sync},
                                               {Parameter::orbit_reach, 30.0f},
                                               {Parameter::orbit_sync, sync},
                                               {Parameter::wander_reach, 30.0f},
                                               {Parameter::vibrato_depth, 50.0f}})
            player.set(parameter, value);
        player.play(frames_before);
        return note_at_beat_two(player);
    };
    for (const float sync : {0.0f, sync_four_beats}) {
        const auto expected = sound_from_start(sync, 0);
        for (const uint32_t frames : {tick, 4 * tick, 900 * tick})
            BOOST_TEST((sound_from_start(sync, frames) == expected), frames << " frames before, " << sync);
    }
}

BOOST_AUTO_TEST_CASE(a_transport_jump_during_silence_applies_at_once) {
    const auto bank = two_tone_bank();
    const auto at_beat_two = [&](bool play_elsewhere_first) {
        GesturePlayer player(tick, bank);
        player.synth.set_gesture(ramp());
        player.set(Parameter::gesture, mode_play);
        player.set(Parameter::orbit_reach, 30);
        player.set(Parameter::orbit_sync, sync_four_beats);
        player.synth.set_transport(0, {true, 4.4, 8.8, 120.0});
        if (play_elsewhere_first) player.play(24000);
        return note_at_beat_two(player);
    };
    BOOST_TEST((at_beat_two(true) == at_beat_two(false)));
}

BOOST_AUTO_TEST_CASE(per_note_gestures_start_with_each_note) {
    const auto bank = two_tone_bank();
    GesturePlayer player(tick, bank);
    player.synth.set_gesture(ramp());
    player.set(Parameter::gesture, mode_play);
    player.set(Parameter::gesture_scope, 1);
    player.set(Parameter::release_mode, 1);
    player.set(Parameter::release, 0.005f);
    const auto note = [&](uint32_t frame) {
        player.note_on(60, 100, frame);
        player.play(24000);
        const std::span<const float> sound = std::span(player.left).last(24000);
        BOOST_TEST(std::abs(measure_x(sound.subspan(4800, 240)) - 0.1025) < 0.003);
        BOOST_TEST(std::abs(measure_x(sound.subspan(21600, 240)) - 0.4525) < 0.003);
        BOOST_TEST(std::abs(measure_y(sound.subspan(21600, 240)) - 0.905) < 0.006);
        player.note_off(60);
        player.play(9600 - 77);
    };
    note(0);
    note(0);
    note(13);
    // Two notes half a second apart sound like the sum of both alone.
    GesturePlayer both(tick, bank);
    both.synth.set_gesture(ramp());
    both.set(Parameter::gesture, mode_play);
    both.set(Parameter::gesture_scope, 1);
    both.note_on(60);
    both.play(24000);
    both.note_on(72);
    both.play(9600);
    for (size_t n = 0; n < 24000; ++n) BOOST_TEST_REQUIRE(std::abs(both.left[n] - player.left[n]) < 1e-6);
    BOOST_TEST(std::abs(measure_x(std::span(both.left).subspan(24000 + 4800, 240)) - (0.1025 + 0.6025)) < 0.01);
}

BOOST_AUTO_TEST_CASE(gesture_playback_is_repeatable_and_independent_of_the_block_size) {
    const auto bank = two_tone_bank();
    GesturePlayer source;
    source.set(Parameter::gesture, mode_record);
    source.record_path(48000, [&](uint32_t frame) {
        source.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(frame * 1e-3)));
        source.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::sin(frame * 7e-4)));
    });
    source.set(Parameter::gesture, mode_off);
    source.record_path(64);
    const Gesture saved = source.synth.gesture();
    for (const float scope : {0.0f, 1.0f}) {
        std::vector<float> first;
        std::vector<std::vector<float>> repeated;
        for (const uint32_t block : {1u, 7u, 64u, 1024u, 64u}) {
            GesturePlayer player(block, bank);
            player.synth.set_gesture(saved);
            BOOST_TEST((player.synth.gesture() == saved));
            player.set(Parameter::gesture, mode_play);
            player.set(Parameter::gesture_scope, scope);
            player.set(Parameter::gesture_sync, sync_four_beats);
            player.synth.set_transport(0, {true, 3.0, 5.7, 133.0});
            player.note_on(60);
            player.play(96000);
            if (first.empty()) first = player.left;
            double difference = 0;
            for (size_t n = 0; n < first.size(); ++n)
                difference = std::max<double>(difference, std::abs(player.left[n] - first[n]));
            BOOST_TEST(difference < 1e-6, "blocks of " << block << " differ by " << difference);
            if (block == 64) repeated.push_back(player.left);
        }
        BOOST_TEST((repeated[0] == repeated[1]));
    }
}

BOOST_AUTO_TEST_CASE(invalid_gestures_are_refused) {
    GesturePlayer player;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto points = ramp().points;
    for (const Gesture& bad :
         {Gesture{nan, 0.0, points}, Gesture{0.0, 1e300, points}, Gesture{0.0, 0.0, {points[0]}},
          Gesture{0.0, 0.0, {points[1], points[2]}}, Gesture{0.0, 0.0, {points[0], points[2], points[1]}},
          Gesture{0.0, 0.0, {points[0], points[0]}},
          Gesture{0.0, 0.0, std::vector<GesturePoint>(max_gesture_points + 1)}}) {
        BOOST_TEST(!bad.valid());
        BOOST_CHECK_THROW(player.synth.set_gesture(bad), std::invalid_argument);
    }
    // The shortest valid gesture gives valid positions.
    player.synth.set_gesture({1e9, -1e9, {{0, 0, 0}, {1, 65535, 65535}}});
    player.synth.set_transport(0, {true, -1e15, 1e15, 1e9});
    player.set(Parameter::gesture, mode_play);
    for (const float sync : {0.0f, 1.0f, 8.0f}) {
        player.set(Parameter::gesture_sync, sync);
        for (const PlanePoint position : player.record_path(9600))
            BOOST_TEST_REQUIRE((position.x >= 0 && position.x <= 1 && position.y >= 0 && position.y <= 1));
    }
    player.synth.set_gesture({}); // no gesture: the position is that of X and Y again
    player.record_path(9600);
    BOOST_TEST(distance(player.position(), {0.5f, 0.5f}) < 1e-4);
    PlanePoint outline[4];
    BOOST_TEST(player.synth.outline_gesture(outline, 4) == 0u);
    player.synth.set_gesture(ramp());
    player.record_path(64);
    BOOST_TEST(player.synth.outline_gesture(outline, 3) == 3u);
    for (int i = 0; i < 3; ++i)
        BOOST_TEST(distance(outline[i], ramp().points[static_cast<size_t>(i)].position()) < 1e-6);
}
