// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/audio/sources/source.h"
#include "models/audio/sources/sustain.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <numbers>

namespace timbrel::audio {
namespace {

// A tone with a 20 ms attack that falls by `decay` dB/s while held and by `release` dB/s after `hold` seconds.
Audio note(double seconds, double hold, double decay, double release) {
    Audio audio = sine(220, seconds, 48000, 0.4);
    const Audio octave = sine(440, seconds, 48000, 0.2);
    for (size_t i = 0; i < audio.frames(); ++i) {
        const double t = static_cast<double>(i) / 48000;
        const double level_db = -decay * std::min(t, hold) - release * std::max(0.0, t - hold);
        const double gain = std::min(1.0, t / 0.02) * std::pow(10, level_db / 20);
        audio.left[i] = static_cast<float>(gain) * (audio.left[i] + octave.left[i]);
        audio.right[i] = audio.left[i];
    }
    return audio;
}

double level_db(const Audio& audio, double from, double to) {
    double squares = 0;
    const size_t first = static_cast<size_t>(from * audio.rate), last = static_cast<size_t>(to * audio.rate);
    for (size_t i = first; i < last; ++i) squares += static_cast<double>(audio.left[i]) * audio.left[i];
    return 10 * std::log10(squares / static_cast<double>(last - first) + 1e-12);
}

// A wind player's note: it swells by 4 dB and sags by 5, with vibrato, until `hold` seconds; it then falls by 30 dB in
// 0.25 s, and the room dies away at 40 dB/s. Cut off at `seconds`.
Audio blown_note(double hold, double seconds) {
    Audio audio = sine(220, seconds, 48000, 0.3);
    for (size_t i = 0; i < audio.frames(); ++i) {
        const double t = static_cast<double>(i) / 48000, part = std::min(t / hold, 1.0);
        double level_db = part < 0.4 ? 10 * part : 4 - 5 * (part - 0.4) / 0.6;
        level_db += 1.5 * std::sin(2 * std::numbers::pi * 5 * t);
        level_db -= 120 * std::clamp(t - hold, 0.0, 0.25) + 40 * std::max(0.0, t - hold - 0.25);
        const double gain = std::min(1.0, t / 0.06) * std::pow(10, level_db / 20);
        audio.left[i] *= static_cast<float>(gain);
        audio.right[i] = audio.left[i];
    }
    return audio;
}

// The largest step from sample to sample; a click would exceed the steps of the partials.
double largest_step(const Audio& audio) {
    double largest = 0;
    for (size_t i = 1; i < audio.frames(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(audio.left[i]) - audio.left[i - 1]));
    return largest;
}

} // namespace

BOOST_AUTO_TEST_SUITE(sustain)

BOOST_AUTO_TEST_CASE(the_release_is_found_if_present) {
    for (const double hold : {0.4, 1.0, 2.3}) {
        const auto sustained = release_start(note(hold + 0.6, hold, 0, 120)),
                   plucked = release_start(note(hold + 0.6, hold, 9, 150));
        BOOST_REQUIRE(sustained);
        BOOST_TEST(std::abs(*sustained - hold) < 0.03);
        BOOST_REQUIRE(plucked);
        BOOST_TEST(std::abs(*plucked - hold) < 0.03);
    }
    BOOST_TEST(!release_start(note(2, 9, 0, 0)));
    BOOST_TEST(!release_start(note(2, 9, 25, 0)));
    BOOST_TEST(!release_start(sine(440, 0.05)));
    BOOST_TEST(!release_start(Audio{48000, {}, {}}));
}

// A player's release is no decay of the sound: the note holds for as long as the key does.
BOOST_AUTO_TEST_CASE(a_blown_note_holds_beyond_its_release) {
    for (const double hold : {1.2, 2.0, 3.5})
        for (const double seconds : {hold + 0.4, hold + 1.2}) {
            const Audio blown = blown_note(hold, seconds);
            const auto release = release_start(blown);
            BOOST_REQUIRE_MESSAGE(release, "hold " << hold << ", length " << seconds);
            BOOST_TEST(*release < hold + 0.1);
            BOOST_TEST(*release > hold - 0.3);
            const SustainedNote held = sustain_note(blown, {*release, true, 0, 0}, 8);
            BOOST_TEST(held.hold == 8);
            double least = 0, most = -100; // over whole periods of the vibrato
            for (double t = hold; t < 7.8; t += 0.1) {
                least = std::min(least, level_db(held.audio, t, t + 0.2));
                most = std::max(most, level_db(held.audio, t, t + 0.2));
            }
            BOOST_TEST(most - least < 2);
            BOOST_TEST(std::abs(most - level_db(held.audio, 0.3, 0.9)) < 5);
            BOOST_TEST(level_db(held.audio, 8.2, 8.3) < level_db(held.audio, 7.7, 7.9) - 15);
        }
    BOOST_TEST(!release_start(blown_note(2, 1.9))); // cut off before its release
}

BOOST_AUTO_TEST_CASE(a_long_note_is_released_early) {
    const Audio long_note = note(3, 2.5, 4, 150);
    const SustainedNote sustained = sustain_note(long_note, {*release_start(long_note), true}, 1.0);
    BOOST_TEST(sustained.hold == 1.0);
    BOOST_TEST(!sustained.looped);
    BOOST_TEST(sustained.audio.seconds() == 1.5, boost::test_tools::tolerance(0.03));
    BOOST_TEST(std::abs(level_db(sustained.audio, 0.8, 0.95) - level_db(long_note, 0.8, 0.95)) < 0.1);
    BOOST_TEST(level_db(sustained.audio, 1.15, 1.2) < level_db(sustained.audio, 0.9, 0.95) - 15);
    BOOST_TEST(largest_step(sustained.audio) < 1.15 * largest_step(long_note));
}

BOOST_AUTO_TEST_CASE(a_short_note_is_extended_at_its_pitch_and_decay) {
    for (const double decay : {0.0, 12.0}) {
        const Audio short_note = note(1.0, 0.6, decay, 150);
        const SustainedNote sustained = sustain_note(short_note, {*release_start(short_note), true}, 2.0);
        BOOST_TEST(sustained.hold == 2.0);
        BOOST_TEST(sustained.looped);
        BOOST_TEST(sustained.audio.seconds() == 2.4, boost::test_tools::tolerance(0.03));
        BOOST_TEST(level_db(sustained.audio, 1.85, 1.95) - level_db(sustained.audio, 0.35, 0.45) == -1.5 * decay,
                   boost::test_tools::tolerance(0.15));
        BOOST_TEST(
            std::abs(level_db(sustained.audio, 1.85, 1.95) - level_db(sustained.audio, 0.35, 0.45) + 1.5 * decay) < 2);
        BOOST_TEST(level_db(sustained.audio, 2.2, 2.3) < level_db(sustained.audio, 1.9, 1.95) - 20);
        BOOST_TEST(largest_step(sustained.audio) < 1.15 * largest_step(short_note));
        const auto pitch = refine_pitch(sustained.audio, 57, 0.3, 1.9);
        BOOST_REQUIRE(pitch);
        BOOST_TEST(std::abs(*pitch - 57) < 0.02);
    }
}

BOOST_AUTO_TEST_CASE(decayed_or_too_short_notes_keep_their_length) {
    const Audio bell = note(1.5, 9, 60, 0);
    BOOST_TEST(sustain_note(bell, {bell.seconds(), false}, 3.0).audio.frames() == bell.frames());
    const Audio click = note(0.15, 9, 0, 0);
    BOOST_TEST(sustain_note(click, {click.seconds(), false}, 3.0).audio.frames() == click.frames());
    const Audio one{48000, {0.5f}, {0.5f}};
    BOOST_TEST(sustain_note(one, {one.seconds(), false}, 1.0).audio.frames() == 1u);
}

BOOST_AUTO_TEST_CASE(a_stored_loop_is_used) {
    const Audio tone = sine(100, 1.0); // periods of 480 frames
    const SustainedNote sustained = sustain_note(tone, {1.0, false, 9600, 9600 + 4800}, 3.0);
    BOOST_TEST(sustained.looped);
    BOOST_TEST(sustained.audio.frames() == 144000u);
    const Audio ideal = sine(100, 3.0);
    double worst = 0;
    for (size_t i = 0; i < 144000; ++i)
        worst = std::max(worst, std::abs(static_cast<double>(sustained.audio.left[i]) - ideal.left[i]));
    BOOST_TEST(worst < 1e-3);
}

BOOST_AUTO_TEST_CASE(recorded_notes_match_notes_played_for_the_requested_time) {
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    if (!std::filesystem::exists(font)) {
        BOOST_TEST_MESSAGE("skipped: needs fluid-soundfont-gm");
        return;
    }
    const TemporaryFolder folder;
    for (const int program : {0, 73, 52, 40, 24, 16}) {
        const auto played = open_soundfont(font, 0, program);
        write_audio(folder / "note_C4_v100.wav", played->note(60, 100, 1.2, 0.7).audio);
        const Recording requested = played->note(60, 100, 2.0, 0.7);
        const Recording recorded = open_source(folder / "note_C4_v100.wav")->note(60, 100, 2.0, 0.7);
        BOOST_TEST(recorded.hold > 1.89);
        const double distance = distances(requested.audio, recorded.audio).elsd;
        BOOST_TEST_MESSAGE(played->name() << ": " << distance << " dB from a played note of that length");
        BOOST_TEST(distance < 6);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
