// SPDX-License-Identifier: GPL-3.0-or-later
// Movement of the recordings' pitch, stored in a bank: the frequency of what a voice plays, and banks that are forged.
#define BOOST_TEST_MODULE pitch_track
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include "plugin/engine/bank/bank_pitch_tracks.h"

#include <boost/test/unit_test.hpp>

#include <cmath>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using nlohmann::json;

namespace {

constexpr double tone = 1000.0;                            // hertz, at A4
constexpr uint32_t frames = 9600, loop_start = 4800;       // of the note; the loop goes to its end
constexpr uint32_t step = 240, points = frames / step + 1; // a point each 5 ms
constexpr uint32_t window = 480, second = 48000;

using Curve = std::function<double(double frame)>; // cents

// 80 cents below, rising to the key, and in the loop a wave of 15 cents.
double scoop(double frame) {
    return frame < loop_start ? -80 * (1 - frame / loop_start) : 15 * std::sin(2 * M_PI * (frame - loop_start) / 4800);
}
double steady(double) { return 20; }

std::vector<int16_t> stored(const PitchTrackList& list, std::initializer_list<Curve> corners) {
    std::vector<int16_t> all;
    for (const Curve& curve : corners)
        for (uint32_t i = 0; i < points; ++i) all.push_back(list.point(curve(i * step)));
    return all;
}

// The same tone everywhere; a corner in the west and one in the east, three cells apart.
SyntheticBank tone_bank() {
    SyntheticBank bank;
    bank.columns = 4;
    bank.shape = {frames, loop_start, frames};
    bank.sound = [](const SamplePosition& at) { return 0.4 * sine(tone, at.frame); };
    return bank;
}

SyntheticBank moving_bank(const Curve& west, const Curve& east) {
    SyntheticBank bank = tone_bank();
    bank.tracks.add(69, 100, stored(bank.tracks, {west, east}));
    return bank;
}

struct TrackPlayer : Player {
    TrackPlayer(std::shared_ptr<const Bank> bank, float x, float amount = 100, double rate = 48000)
        : Player(std::move(bank), rate) {
        set(Parameter::x, x);
        set(Parameter::natural_pitch, amount);
    }
};

// Cents from the key in each 10 ms of a voice that reads frame after frame at the pitch of the curve.
std::vector<double> expected(const Curve& curve, uint32_t length, double semitones = 0) {
    std::vector<double> cents;
    double frame = 0;
    for (uint32_t n = 0; n < length; ++n) {
        if (n % window == 0) cents.push_back(0);
        while (frame >= frames) frame -= frames - loop_start;
        cents.back() += curve(frame) / window;
        frame += std::exp2((semitones + curve(frame) / 100) / 12);
    }
    return cents;
}

// The largest difference from the curve in cents; `from` and `to` in seconds.
double largest_error(const TrackPlayer& player, const Curve& curve, double from, double to, int semitones = 0) {
    const double hertz = tone * std::exp2(semitones / 12.0);
    const auto wanted = expected(curve, static_cast<uint32_t>(player.left.size()), semitones);
    double largest = 0;
    for (auto i = static_cast<size_t>(from * 100); i < static_cast<size_t>(to * 100); ++i) {
        const auto sound = std::span(player.left).subspan(i * window, window);
        const double cents = 1200 * std::log2(find_sinusoid(sound, hertz * std::exp2(wanted[i] / 1200)).hertz / hertz);
        largest = std::max(largest, std::abs(cents - wanted[i]));
    }
    return largest;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_corner_follows_its_track) {
    TrackPlayer player(moving_bank(scoop, steady).open(), 0);
    player.note_on(69);
    player.play(2 * second);
    BOOST_TEST(largest_error(player, scoop, 0, 0.1) < 2); // the start
    BOOST_TEST(largest_error(player, scoop, 0.1, 2) < 2); // the loop and its seams
    BOOST_TEST(largest_error(player, steady, 0, 2) > 50); // the other corner's
}

BOOST_AUTO_TEST_CASE(the_middle_has_the_mean_pitch) {
    TrackPlayer player(moving_bank(scoop, steady).open(), 0.5f);
    player.note_on(69);
    player.play(second);
    BOOST_TEST(largest_error(
                   player, [](double frame) { return (scoop(frame) + steady(frame)) / 2; }, 0, 1) < 2);
}

BOOST_AUTO_TEST_CASE(velocity_layers_are_mixed) {
    SyntheticBank bank = tone_bank();
    bank.velocities = {40, 120};
    bank.tracks.add(69, 40, stored(bank.tracks, {scoop, scoop}));
    bank.tracks.add(69, 120, stored(bank.tracks, {steady, steady}));
    TrackPlayer player(bank.open(), 0);
    player.note_on(69, 60);
    player.play(second);
    BOOST_TEST(largest_error(
                   player, [](double f) { return 0.75 * scoop(f) + 0.25 * steady(f); }, 0, 1) < 2);
}

BOOST_AUTO_TEST_CASE(other_keys_and_rates_follow_the_track) {
    TrackPlayer player(moving_bank(scoop, steady).open(), 0);
    player.note_on(72);
    player.play(second);
    BOOST_TEST(largest_error(player, scoop, 0, 1, 3) < 2);
}

BOOST_AUTO_TEST_CASE(the_amount_scales_the_track) {
    const auto bank = moving_bank(scoop, steady).open();
    TrackPlayer half(bank, 0, 50), none(bank, 0, 0), flat(tone_bank().open(), 0);
    for (TrackPlayer* player : {&half, &none, &flat}) player->note_on(69), player->play(second);
    BOOST_TEST(largest_error(
                   half, [](double frame) { return scoop(frame) / 2; }, 0, 1) < 2);
    BOOST_TEST((none.left == flat.left));
    BOOST_TEST(info(Parameter::natural_pitch).initial == 100);
}

BOOST_AUTO_TEST_CASE(notes_without_a_track_play_as_before) {
    SyntheticBank bank = moving_bank(scoop, steady);
    bank.pitches = {69, 81};
    TrackPlayer with(bank.open(), 0.3f);
    bank.tracks = PitchTrackList(step, 0.1);
    TrackPlayer without(bank.open(), 0.3f);
    for (TrackPlayer* player : {&with, &without}) player->note_on(80), player->play(second);
    BOOST_TEST((with.left == without.left));
}

BOOST_AUTO_TEST_CASE(forged_tracks_are_ignored) {
    const SyntheticBank good = moving_bank(scoop, steady);
    const json described = good.tracks.description();
    const auto state = [&](const json& description) {
        SyntheticBank bank = good;
        bank.metadata["pitch_tracks"] = description;
        const auto opened = bank.open();
        const BankCorners corners(*opened);
        const BankPitchTracks tracks(*opened, corners);
        BOOST_TEST(tracks.invalid() != tracks.has(0));
        return tracks.has(0);
    };
    BOOST_TEST(state(described));
    for (const auto& [key, value] : std::initializer_list<std::pair<const char*, json>>{
             {"offset", -2},
             {"offset", 1},
             {"offset", 1e30},
             {"offset", "0"},
             {"offset", 4096},
             {"offset", 1ull << 63},
             {"frames_per_point", 0},
             {"frames_per_point", -240},
             {"frames_per_point", 1u << 31},
             {"cents_per_unit", 0},
             {"cents_per_unit", -0.1},
             {"cents_per_unit", 1e9},
             {"cents_per_unit", json()},
             {"notes", json::object()},
             {"notes", {1}},
             {"notes", {{{"pitch", 69}}}},
             {"notes", {{{"pitch", 70}, {"velocity", 100}}}},
             {"notes", {{{"pitch", 69}, {"velocity", 101}}}},
             {"notes", {described["notes"][0], described["notes"][0]}}}) {
        json forged = described;
        forged[key] = value;
        BOOST_TEST(!state(forged), key << ": " << value.dump());
        forged.erase(key);
        BOOST_TEST(!state(forged), key);
    }
    for (const json& whole : {json(), json(1), json::array()}) BOOST_TEST(!state(whole));
}

// More notes than the bytes before the PCM can hold.
BOOST_AUTO_TEST_CASE(tracks_end_before_the_sound) {
    SyntheticBank bank = moving_bank(scoop, steady);
    bank.pitches.clear();
    for (uint8_t pitch = 0; pitch < 128; ++pitch) bank.pitches.push_back(pitch);
    bank.shape = {480, 0, 480};
    json description = bank.tracks.description();
    description["frames_per_point"] = 16;
    for (int pitch = 0; pitch < 128; ++pitch)
        description["notes"][size_t(pitch)] = {{"pitch", pitch}, {"velocity", 100}};
    bank.metadata["pitch_tracks"] = description;
    const auto opened = bank.open();
    const BankCorners corners(*opened);
    BOOST_TEST(BankPitchTracks(*opened, corners).invalid());
}
