// Gestures: recording, looping, in time with the song, each note's own, handed on and played again.
#define BOOST_TEST_MODULE gesture
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/two_tone_bank.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <vector>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr uint32_t tick = 64;
constexpr float off = 0, record = 1, play = 2, four_beats = 5;

// Straight from west to east, and from south to north and back, in one second.
Gesture ramp() {
    return {0.0, 0.0, {gesture_point(0, {0, 0}), gesture_point(500000, {0.5f, 1}), gesture_point(1000000, {1, 0})}};
}

struct Gestures : Player {
    explicit Gestures(uint32_t block = tick, std::shared_ptr<const Bank> bank = nullptr)
        : Player(std::move(bank), 48000.0, block) {
        set(Parameter::glide, 1);
    }
    PlanePoint place() const { return {instrument.notices().x, instrument.notices().y}; }
    // The place at the end of every tick.
    std::vector<PlanePoint> way(uint32_t frames, const std::function<void(uint32_t)>& before = {}) {
        std::vector<PlanePoint> places;
        for (uint32_t frame = 0; frame < frames; frame += tick) {
            if (before) before(frame);
            Player::play(tick);
            places.push_back(place());
        }
        return places;
    }
};

double apart(PlanePoint a, PlanePoint b) { return std::max(std::abs(a.x - b.x), std::abs(a.y - b.y)); }

// What is heard of a note with which the song goes on from there.
std::vector<float> note_at_beat_two(Gestures& player) {
    player.left.clear();
    player.right.clear();
    player.instrument.set_transport(0, {true, 1.0, 2.0, 120.0});
    player.note_on(60);
    player.Player::play(9600);
    return player.left;
}

// Where ramp() is after a share of its way, rounds unrolled.
PlanePoint on_ramp(double share) {
    share -= std::floor(share);
    return {static_cast<float>(share), static_cast<float>(1 - std::abs(2 * share - 1))};
}

} // namespace

BOOST_AUTO_TEST_CASE(a_gesture_comes_back_as_it_was_played) {
    Gestures player;
    player.way(4800);
    player.set(Parameter::gesture, record);
    player.way(9600); // nothing moves yet
    const auto played = player.way(48000, [&](uint32_t frame) {
        const double phase = frame / 48000.0 * 2 * M_PI;
        if (frame % 128 == 0) player.set(Parameter::x, static_cast<float>(0.5 + 0.4 * std::sin(2 * phase)));
        const auto cc = static_cast<int>(64 + 60 * std::sin(3 * phase));
        if (frame % 960 == 0) player.send({0xb0, 17, cc});
    });
    player.way(9600); // nor any more
    player.set(Parameter::gesture, play);
    player.set(Parameter::gesture_loop, 0);
    BOOST_TEST(player.instrument.notices().gestures == 0u);
    const auto again = player.way(48000);
    BOOST_TEST(player.instrument.notices().gestures == 1u);
    const Gesture gesture = player.instrument.gesture();
    BOOST_TEST_REQUIRE(gesture.valid());
    BOOST_TEST_REQUIRE(gesture.points.size() > 10u);
    BOOST_TEST(gesture.points.size() < 750u);
    BOOST_TEST(std::abs(gesture.points.back().time / 1e6 - 1.0) < 0.02);
    size_t first = 0;
    while (apart(played[first], {0.5f, 0.5f}) < 1e-5) ++first;
    double worst = 0;
    for (size_t n = 100; n + first < played.size(); ++n) worst = std::max(worst, apart(again[n], played[n + first]));
    BOOST_TEST_MESSAGE(gesture.points.size() << " points, off by at most " << worst);
    BOOST_TEST(worst < 1.0 / 1000);
    player.set(Parameter::gesture, off);
    player.way(4800);
    BOOST_TEST(apart(player.place(), played.back()) < 1e-3);
}

BOOST_AUTO_TEST_CASE(a_loop_closes_without_a_click) {
    const auto bank = two_tone_bank();
    Gestures still(tick, bank);
    still.set(Parameter::x, 1);
    still.set(Parameter::y, 1);
    still.note_on(60);
    still.Player::play(4800);
    Gestures player(tick, bank);
    player.instrument.set_gesture(
        {0.0, 0.0, {gesture_point(0, {0, 1}), gesture_point(90000, {0.5f, 1}), gesture_point(100000, {1, 0})}});
    player.set(Parameter::gesture, play);
    player.note_on(60);
    player.Player::play(48000);
    BOOST_TEST(std::abs(heard_x(std::span(player.left).last(48000)) - 0.5) < 0.3); // it moves
    BOOST_TEST(largest_step(player.left) < 1.05 * largest_step(still.left));
    BOOST_TEST(largest_bend(player.left) < 1.1 * largest_bend(still.left));
    // Switched on and off again and again, likewise.
    for (int i = 0; i < 30; ++i) {
        player.set(Parameter::gesture, i % 2 ? play : off);
        player.set(Parameter::gesture_scope, i % 3 ? 0.0f : 1.0f);
        player.Player::play(1000 + 64 * static_cast<uint32_t>(i));
    }
    BOOST_TEST(largest_step(player.left) < 1.05 * largest_step(still.left));
}

BOOST_AUTO_TEST_CASE(a_loop_goes_back_to_its_start_in_small_steps) {
    Gestures player(tick, two_tone_bank());
    player.instrument.set_gesture(ramp());
    player.set(Parameter::gesture, play);
    player.note_on(60);
    const auto way = player.way(48000 * 3);
    double widest = 0;
    for (size_t n = 1; n < way.size(); ++n) widest = std::max(widest, apart(way[n], way[n - 1]));
    BOOST_TEST(widest < 0.1); // across the plane in 50 ms
}

BOOST_AUTO_TEST_CASE(a_synced_gesture_keeps_to_the_song_within_a_tick) {
    Gestures player;
    player.instrument.set_gesture(ramp());
    player.set(Parameter::gesture, play);
    player.set(Parameter::gesture_sync, four_beats);
    const double step = 2.0 * tick / 48000 * (180.0 / 60 / 4) + 2e-3; // the way in a tick, and what a seam leaves
    const auto follows = [&](double beat, double tempo, uint32_t frames) {
        double worst = 0;
        player.way(frames, [&](uint32_t frame) {
            const double share = (beat + frame / 48000.0 * tempo / 60) / 4;
            const bool seam = share - std::floor(share) < 0.1 * tempo / 60 / 4; // it mends for 0.1 s
            if (frame > 4800 && !seam) worst = std::max(worst, apart(player.place(), on_ramp(share)));
        });
        return worst;
    };
    player.instrument.set_transport(0, {true, 5.0, 10.0, 120.0});
    BOOST_TEST(follows(10.0, 120.0, 192000) < step);
    player.instrument.set_transport(0, {true, 9.0, 18.0, 180.0}); // another tempo
    BOOST_TEST(follows(18.0, 180.0, 96000) < step);
    player.instrument.set_transport(0, {true, 1.0, 3.7, 180.0}); // a leap
    BOOST_TEST(follows(3.7, 180.0, 96000) < step);
    player.instrument.set_transport(0, {true, 1.0, 3.7, std::numeric_limits<double>::quiet_NaN()}); // not heard
    BOOST_TEST(follows(3.7 + 6.0, 180.0, 96000) < step);
}

BOOST_AUTO_TEST_CASE(news_of_the_song_count_from_their_own_frame) {
    Gestures player(4096), small(16);
    for (auto* one : {&player, &small}) {
        one->instrument.set_gesture(ramp());
        one->set(Parameter::gesture, play);
    }
    player.instrument.set_transport(1000, {true, 0.25, 0.0, 120.0});
    player.instrument.set_transport(4095, {true, 0.75, 0.0, 120.0});
    player.Player::play(48000 / 5);
    small.Player::play(48000 / 5, [&](uint32_t frame) {
        if (frame == 992) small.instrument.set_transport(8, {true, 0.25, 0.0, 120.0});
        if (frame == 4080) small.instrument.set_transport(15, {true, 0.75, 0.0, 120.0});
    });
    BOOST_TEST(apart(player.place(), on_ramp(0.75 + (9600 - 4095) / 48000.0)) < 0.01);
    BOOST_TEST(apart(player.place(), small.place()) == 0.0);
}

BOOST_AUTO_TEST_CASE(at_rest_a_gesture_begins_when_it_is_switched_on) {
    Gestures player;
    player.instrument.set_gesture(ramp());
    player.way(4800);
    player.set(Parameter::gesture, play);
    player.way(48000 / 4 * 3);
    BOOST_TEST(apart(player.place(), on_ramp(0.75)) < 0.003);
    player.way(48000);
    BOOST_TEST(apart(player.place(), on_ramp(0.75)) < 0.003);
    player.set(Parameter::gesture_loop, 0);
    player.set(Parameter::gesture, off);
    player.way(4800);
    player.set(Parameter::gesture, play);
    player.way(96000);
    BOOST_TEST(apart(player.place(), {1, 0}) < 1e-4);
    player.set(Parameter::gesture_loop, 1); // and takes the song's tempo, even at rest
    player.set(Parameter::gesture_sync, four_beats);
    player.instrument.set_transport(0, {false, 0.0, 0.0, 240.0});
    player.set(Parameter::gesture, off);
    player.way(4800);
    player.set(Parameter::gesture, play);
    player.way(48000 / 4 * 3);
    BOOST_TEST(apart(player.place(), on_ramp(0.75)) < 0.003);
}

BOOST_AUTO_TEST_CASE(what_was_recorded_in_a_song_comes_at_the_same_place_in_it) {
    Gestures player;
    player.instrument.set_transport(0, {true, 7.0, 14.0, 120.0});
    player.set(Parameter::gesture, record);
    player.way(24000);
    player.way(24000, [&](uint32_t frame) { player.set(Parameter::x, static_cast<float>(frame) / 48000.0f); });
    player.set(Parameter::gesture, play);
    player.way(64);
    BOOST_TEST(std::abs(player.instrument.gesture().song_seconds - 7.5) < 0.003);
    BOOST_TEST(std::abs(player.instrument.gesture().song_beat - 15.0) < 0.006);
    player.set(Parameter::gesture_loop, 0);
    player.instrument.set_transport(0, {true, 7.3, 14.6, 120.0});
    player.way(9600 + 12000);
    BOOST_TEST(std::abs(player.place().x - 0.25) < 0.005);
}

// A host that exports a song lets it stand for as long as it happens to, and only then roll.
BOOST_AUTO_TEST_CASE(a_song_starts_alike_however_long_it_stood) {
    const auto bank = two_tone_bank();
    const auto started = [&](float sync, uint32_t frames_before) {
        Gestures player(tick, bank);
        player.instrument.set_gesture(ramp());
        for (const auto& [parameter, value] : {std::pair(Parameter::gesture, play),
                                               {Parameter::gesture_sync, sync},
                                               {Parameter::orbit_reach, 30.0f},
                                               {Parameter::orbit_sync, sync},
                                               {Parameter::wander_reach, 30.0f},
                                               {Parameter::vibrato_depth, 50.0f}})
            player.set(parameter, value);
        player.Player::play(frames_before);
        return note_at_beat_two(player);
    };
    for (const float sync : {off, four_beats}) {
        const auto expected = started(sync, 0);
        for (const uint32_t frames : {tick, 4 * tick, 900 * tick})
            BOOST_TEST((started(sync, frames) == expected), frames << " frames before, " << sync);
    }
}

BOOST_AUTO_TEST_CASE(a_song_that_leaps_unheard_is_at_once_where_it_leaps) {
    const auto bank = two_tone_bank();
    const auto at_beat_two = [&](bool leaps) {
        Gestures player(tick, bank);
        player.instrument.set_gesture(ramp());
        player.set(Parameter::gesture, play);
        player.set(Parameter::orbit_reach, 30);
        player.set(Parameter::orbit_sync, four_beats);
        player.instrument.set_transport(0, {true, 4.4, 8.8, 120.0});
        if (leaps) player.Player::play(24000);
        return note_at_beat_two(player);
    };
    BOOST_TEST((at_beat_two(true) == at_beat_two(false)));
}

BOOST_AUTO_TEST_CASE(a_recording_in_beats_begins_and_ends_on_them) {
    Gestures player;
    player.set(Parameter::gesture_sync, four_beats);
    player.set(Parameter::gesture, record);
    const auto x_at = [](double beat) { return static_cast<float>(0.5 + 0.4 * std::sin(beat * M_PI / 2)); };
    const auto move = [&](double beat) {
        return [&player, beat, x_at](uint32_t frame) { player.set(Parameter::x, x_at(beat + frame / 24000.0)); };
    };
    player.instrument.set_transport(0, {true, 0.5, 1.0, 120.0});
    player.way(24000 * 7 + tick, move(1.0)); // from beat 1 to 8; from 4 on it is recorded
    const Gesture gesture = player.instrument.gesture();
    BOOST_TEST_REQUIRE(gesture.valid());
    BOOST_TEST_REQUIRE(gesture.points.size() > 2u);
    BOOST_TEST(gesture.points.back().time == 2000000u);
    BOOST_TEST(std::abs(gesture.song_beat - 4.0) < 1e-9);
    player.set(Parameter::x, 0); // nobody moves any more, and it repeats by itself
    double worst = 0;
    player.way(24000 * 8, [&](uint32_t frame) {
        if (frame > 0)
            worst = std::max(worst, std::abs(double{player.place().x} - x_at(8.0 + (frame + tick) / 24000.0)));
    });
    BOOST_TEST(worst < 0.01);
}

BOOST_AUTO_TEST_CASE(a_recording_that_is_stopped_early_ends_where_it_was_then) {
    // In beats: what was left of them stands still.
    Gestures synced;
    synced.set(Parameter::gesture_sync, four_beats);
    synced.set(Parameter::gesture, record);
    synced.instrument.set_transport(0, {true, 0.0, 0.0, 120.0});
    synced.way(48000, [&](uint32_t frame) { synced.set(Parameter::x, static_cast<float>(frame) / 48000.0f); });
    const PlanePoint stopped = synced.place();
    synced.set(Parameter::gesture, play);
    synced.way(tick);
    const Gesture in_beats = synced.instrument.gesture();
    BOOST_TEST_REQUIRE(in_beats.valid());
    BOOST_TEST(in_beats.points.back().time == 2000000u);
    BOOST_TEST(apart(in_beats.points.back().place(), stopped) < 1e-4);
    const GesturePoint& before_last = in_beats.points[in_beats.points.size() - 2];
    BOOST_TEST(apart(before_last.place(), stopped) < 1e-4);
    BOOST_TEST(std::abs(before_last.time / 1e6 - 1.0) < 0.003);

    // By hand: it ends with the last movement, not with the rest after it.
    Gestures free;
    free.set(Parameter::gesture, record);
    free.way(tick);
    free.way(24000, [&](uint32_t frame) { free.set(Parameter::x, 0.5f + static_cast<float>(frame) / 96000.0f); });
    free.way(24000);
    free.set(Parameter::gesture, play);
    const PlanePoint rested = free.place();
    free.way(tick);
    const Gesture by_hand = free.instrument.gesture();
    BOOST_TEST_REQUIRE(by_hand.valid());
    BOOST_TEST(apart(by_hand.points.back().place(), rested) < 1e-4);
    BOOST_TEST(std::abs(by_hand.points.back().time / 1e6 - 0.5) < 0.005);
}

BOOST_AUTO_TEST_CASE(each_note_goes_its_own_way) {
    const auto bank = two_tone_bank();
    Gestures player(tick, bank);
    player.instrument.set_gesture(ramp());
    player.set(Parameter::gesture, play);
    player.set(Parameter::gesture_scope, 1);
    player.set(Parameter::release_mode, 1);
    player.set(Parameter::release, 0.005f);
    const auto note = [&](uint32_t frame) {
        player.note_on(60, 100, frame);
        player.Player::play(24000);
        const std::span<const float> sound = std::span(player.left).last(24000);
        BOOST_TEST(std::abs(heard_x(sound.subspan(4800, 240)) - 0.1025) < 0.003);
        BOOST_TEST(std::abs(heard_x(sound.subspan(21600, 240)) - 0.4525) < 0.003);
        BOOST_TEST(std::abs(heard_y(sound.subspan(21600, 240)) - 0.905) < 0.006);
        player.note_off(60);
        player.Player::play(9600 - 77);
    };
    note(0);
    note(0);
    note(13);
    // Two at once, half a second apart, are the sum of both alone.
    Gestures both(tick, bank);
    both.instrument.set_gesture(ramp());
    both.set(Parameter::gesture, play);
    both.set(Parameter::gesture_scope, 1);
    both.note_on(60);
    both.Player::play(24000);
    both.note_on(72);
    both.Player::play(9600);
    for (size_t n = 0; n < 24000; ++n) BOOST_TEST_REQUIRE(std::abs(both.left[n] - player.left[n]) < 1e-6);
    BOOST_TEST(std::abs(heard_x(std::span(both.left).subspan(24000 + 4800, 240)) - (0.1025 + 0.6025)) < 0.01);
}

BOOST_AUTO_TEST_CASE(the_fingers_way_is_recorded_too) {
    Gestures player(tick, two_tone_bank());
    player.set(Parameter::mpe, 1);
    player.set(Parameter::x, 0.25f);
    player.send({0x92, 60, 100});
    player.way(4800);
    player.set(Parameter::gesture, record);
    player.way(24000, [&](uint32_t frame) { player.send({0xd2, static_cast<int>(frame * 64 / 24000)}); });
    player.set(Parameter::gesture, play);
    player.send({0x82, 60, 0});
    player.send({0xd2, 0});
    player.way(12000);
    BOOST_TEST(std::abs(player.place().x - 0.5) < 0.02);
}

BOOST_AUTO_TEST_CASE(the_same_gesture_sounds_the_same_every_time_and_in_any_blocks) {
    const auto bank = two_tone_bank();
    Gestures source;
    source.set(Parameter::gesture, record);
    source.way(48000, [&](uint32_t frame) {
        source.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(frame * 1e-3)));
        source.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::sin(frame * 7e-4)));
    });
    source.set(Parameter::gesture, off);
    source.way(64);
    const Gesture saved = source.instrument.gesture();
    for (const float scope : {0.0f, 1.0f}) {
        std::vector<float> first;
        std::vector<std::vector<float>> repeated;
        for (const uint32_t block : {1u, 7u, 64u, 1024u, 64u}) {
            Gestures player(block, bank);
            player.instrument.set_gesture(saved);
            BOOST_TEST((player.instrument.gesture() == saved));
            player.set(Parameter::gesture, play);
            player.set(Parameter::gesture_scope, scope);
            player.set(Parameter::gesture_sync, four_beats);
            player.instrument.set_transport(0, {true, 3.0, 5.7, 133.0});
            player.note_on(60);
            player.Player::play(96000);
            if (first.empty()) first = player.left;
            double off = 0;
            for (size_t n = 0; n < first.size(); ++n) off = std::max<double>(off, std::abs(player.left[n] - first[n]));
            BOOST_TEST(off < 1e-6, "blocks of " << block << " differ by " << off);
            if (block == 64) repeated.push_back(player.left);
        }
        BOOST_TEST((repeated[0] == repeated[1]));
    }
}

BOOST_AUTO_TEST_CASE(a_full_recording_ends_and_plays) {
    Gestures player;
    player.set(Parameter::gesture, record);
    uint32_t random = 1;
    player.way(tick * (max_gesture_points + 500), [&](uint32_t) {
        random = random * 1664525u + 1013904223u;
        player.set(Parameter::x, static_cast<float>(random >> 8) / 16777216.0f);
    });
    const Gesture gesture = player.instrument.gesture();
    BOOST_TEST(gesture.valid());
    BOOST_TEST(gesture.points.size() == max_gesture_points);
    BOOST_TEST(player.instrument.notices().gestures == 1u);
    player.way(64);
    const double before = player.place().x;
    player.way(64);
    BOOST_TEST(player.place().x != before);
}

BOOST_AUTO_TEST_CASE(what_is_no_gesture_is_refused) {
    Gestures player;
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto points = ramp().points;
    for (const Gesture& bad :
         {Gesture{nan, 0.0, points}, Gesture{0.0, 1e300, points}, Gesture{0.0, 0.0, {points[0]}},
          Gesture{0.0, 0.0, {points[1], points[2]}}, Gesture{0.0, 0.0, {points[0], points[2], points[1]}},
          Gesture{0.0, 0.0, {points[0], points[0]}},
          Gesture{0.0, 0.0, std::vector<GesturePoint>(max_gesture_points + 1)}}) {
        BOOST_TEST(!bad.valid());
        BOOST_CHECK_THROW(player.instrument.set_gesture(bad), std::invalid_argument);
    }
    // The shortest there can be is a place and nothing worse.
    player.instrument.set_gesture({1e9, -1e9, {{0, 0, 0}, {1, 65535, 65535}}});
    player.instrument.set_transport(0, {true, -1e15, 1e15, 1e9});
    player.set(Parameter::gesture, play);
    for (const float sync : {0.0f, 1.0f, 8.0f}) {
        player.set(Parameter::gesture_sync, sync);
        for (const PlanePoint place : player.way(9600))
            BOOST_TEST_REQUIRE((place.x >= 0 && place.x <= 1 && place.y >= 0 && place.y <= 1));
    }
    player.instrument.set_gesture({}); // none: X and Y again
    player.way(9600);
    BOOST_TEST(apart(player.place(), {0.5f, 0.5f}) < 1e-4);
    PlanePoint outline[4];
    BOOST_TEST(player.instrument.outline_gesture(outline, 4) == 0u);
    player.instrument.set_gesture(ramp());
    player.way(64);
    BOOST_TEST(player.instrument.outline_gesture(outline, 3) == 3u);
    for (int i = 0; i < 3; ++i) BOOST_TEST(apart(outline[i], ramp().points[static_cast<size_t>(i)].place()) < 1e-6);
}
