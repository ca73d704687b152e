// SPDX-License-Identifier: GPL-3.0-or-later
// Recording of gestures: by hand, in time with the transport, and to the end of the buffer.
#define BOOST_TEST_MODULE gesture_recording
#include "tests/plugin/engine/support/gesture_player.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

BOOST_AUTO_TEST_CASE(a_recorded_gesture_repeats_the_motion) {
    GesturePlayer player;
    player.record_path(4800);
    player.set(Parameter::gesture, mode_record);
    player.record_path(9600); // rest before the motion, which is not recorded
    const auto played = player.record_path(48000, [&](uint32_t frame) {
        const double phase = frame / 48000.0 * 2 * M_PI;
        if (frame % 128 == 0) player.set(Parameter::x, static_cast<float>(0.5 + 0.4 * std::sin(2 * phase)));
        const auto cc = static_cast<int>(64 + 60 * std::sin(3 * phase));
        if (frame % 960 == 0) player.send({0xb0, 17, cc});
    });
    player.record_path(9600); // rest after the motion, which is not recorded
    player.set(Parameter::gesture, mode_play);
    player.set(Parameter::gesture_loop, 0);
    BOOST_TEST(player.synth.status().gestures == 0u);
    const auto repeated = player.record_path(48000);
    BOOST_TEST(player.synth.status().gestures == 1u);
    const Gesture gesture = player.synth.gesture();
    BOOST_TEST_REQUIRE(gesture.valid());
    BOOST_TEST_REQUIRE(gesture.points.size() > 10u);
    BOOST_TEST(gesture.points.size() < 750u);
    BOOST_TEST(std::abs(gesture.points.back().time / 1e6 - 1.0) < 0.02);
    size_t first = 0;
    while (distance(played[first], {0.5f, 0.5f}) < 1e-5) ++first;
    double worst = 0;
    for (size_t n = 100; n + first < played.size(); ++n)
        worst = std::max(worst, distance(repeated[n], played[n + first]));
    BOOST_TEST_MESSAGE(gesture.points.size() << " points, off by at most " << worst);
    BOOST_TEST(worst < 1.0 / 1000);
    player.set(Parameter::gesture, mode_off);
    player.record_path(4800);
    BOOST_TEST(distance(player.position(), played.back()) < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_gesture_keeps_its_transport_position) {
    GesturePlayer player;
    player.synth.set_transport(0, {true, 7.0, 14.0, 120.0});
    player.set(Parameter::gesture, mode_record);
    player.record_path(24000);
    player.record_path(24000, [&](uint32_t frame) { player.set(Parameter::x, static_cast<float>(frame) / 48000.0f); });
    player.set(Parameter::gesture, mode_play);
    player.record_path(64);
    BOOST_TEST(std::abs(player.synth.gesture().song_seconds - 7.5) < 0.003);
    BOOST_TEST(std::abs(player.synth.gesture().song_beat - 15.0) < 0.006);
    player.set(Parameter::gesture_loop, 0);
    player.synth.set_transport(0, {true, 7.3, 14.6, 120.0});
    player.record_path(9600 + 12000);
    BOOST_TEST(std::abs(player.position().x - 0.25) < 0.005);
}

BOOST_AUTO_TEST_CASE(synced_recordings_start_and_end_on_beats) {
    GesturePlayer player;
    player.set(Parameter::gesture_sync, sync_four_beats);
    player.set(Parameter::gesture, mode_record);
    const auto x_at = [](double beat) { return static_cast<float>(0.5 + 0.4 * std::sin(beat * M_PI / 2)); };
    const auto move = [&](double beat) {
        return [&player, beat, x_at](uint32_t frame) { player.set(Parameter::x, x_at(beat + frame / 24000.0)); };
    };
    player.synth.set_transport(0, {true, 0.5, 1.0, 120.0});
    player.record_path(24000 * 7 + tick, move(1.0)); // from beat 1 to 8; recorded from beat 4 on
    const Gesture gesture = player.synth.gesture();
    BOOST_TEST_REQUIRE(gesture.valid());
    BOOST_TEST_REQUIRE(gesture.points.size() > 2u);
    BOOST_TEST(gesture.points.back().time == 2000000u);
    BOOST_TEST(std::abs(gesture.song_beat - 4.0) < 1e-9);
    player.set(Parameter::x, 0); // no more motion: the loop repeats
    double worst = 0;
    player.record_path(24000 * 8, [&](uint32_t frame) {
        if (frame > 0)
            worst = std::max(worst, std::abs(double{player.position().x} - x_at(8.0 + (frame + tick) / 24000.0)));
    });
    BOOST_TEST(worst < 0.01);
}

BOOST_AUTO_TEST_CASE(a_recording_stopped_early_ends_at_its_last_position) {
    // In beats: the position stays constant to the end of the last beat.
    GesturePlayer synced;
    synced.set(Parameter::gesture_sync, sync_four_beats);
    synced.set(Parameter::gesture, mode_record);
    synced.synth.set_transport(0, {true, 0.0, 0.0, 120.0});
    synced.record_path(48000, [&](uint32_t frame) { synced.set(Parameter::x, static_cast<float>(frame) / 48000.0f); });
    const PlanePoint stopped = synced.position();
    synced.set(Parameter::gesture, mode_play);
    synced.record_path(tick);
    const Gesture in_beats = synced.synth.gesture();
    BOOST_TEST_REQUIRE(in_beats.valid());
    BOOST_TEST(in_beats.points.back().time == 2000000u);
    BOOST_TEST(distance(in_beats.points.back().position(), stopped) < 1e-4);
    const GesturePoint& before_last = in_beats.points[in_beats.points.size() - 2];
    BOOST_TEST(distance(before_last.position(), stopped) < 1e-4);
    BOOST_TEST(std::abs(before_last.time / 1e6 - 1.0) < 0.003);

    // Without sync: the gesture ends with the last motion; the rest after it is dropped.
    GesturePlayer free;
    free.set(Parameter::gesture, mode_record);
    free.record_path(tick);
    free.record_path(24000,
                     [&](uint32_t frame) { free.set(Parameter::x, 0.5f + static_cast<float>(frame) / 96000.0f); });
    free.record_path(24000);
    free.set(Parameter::gesture, mode_play);
    const PlanePoint rested = free.position();
    free.record_path(tick);
    const Gesture by_hand = free.synth.gesture();
    BOOST_TEST_REQUIRE(by_hand.valid());
    BOOST_TEST(distance(by_hand.points.back().position(), rested) < 1e-4);
    BOOST_TEST(std::abs(by_hand.points.back().time / 1e6 - 0.5) < 0.005);
}

BOOST_AUTO_TEST_CASE(recordings_include_pressure) {
    GesturePlayer player(tick, two_tone_bank());
    player.set(Parameter::mpe, 1);
    player.set(Parameter::x, 0.25f);
    player.send({0x92, 60, 100});
    player.record_path(4800);
    player.set(Parameter::gesture, mode_record);
    player.record_path(24000, [&](uint32_t frame) { player.send({0xd2, static_cast<int>(frame * 64 / 24000)}); });
    player.set(Parameter::gesture, mode_play);
    player.send({0x82, 60, 0});
    player.send({0xd2, 0});
    player.record_path(12000);
    BOOST_TEST(std::abs(player.position().x - 0.5) < 0.02);
}

BOOST_AUTO_TEST_CASE(a_full_recording_stops_and_plays) {
    GesturePlayer player;
    player.set(Parameter::gesture, mode_record);
    uint32_t random = 1;
    player.record_path(tick * (max_gesture_points + 500), [&](uint32_t) {
        random = random * 1664525u + 1013904223u;
        player.set(Parameter::x, static_cast<float>(random >> 8) / 16777216.0f);
    });
    const Gesture gesture = player.synth.gesture();
    BOOST_TEST(gesture.valid());
    BOOST_TEST(gesture.points.size() == max_gesture_points);
    BOOST_TEST(player.synth.status().gestures == 1u);
    player.record_path(64);
    const double before = player.position().x;
    player.record_path(64);
    BOOST_TEST(player.position().x != before);
}
