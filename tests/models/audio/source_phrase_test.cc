// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/phrase_segmentation.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>

namespace timbrel::audio {
namespace {

struct LineNote {
    double pitch, seconds, vibrato; // vibrato: semitones either way
};

// Notes of twelve partials one after the other, with 50 ms of silence before each.
Audio synthesise_line(const std::vector<LineNote>& notes) {
    Audio audio{48000, {}, {}};
    for (const LineNote& note : notes) {
        audio.left.insert(audio.left.end(), 2400, 0.0f);
        const size_t frames = static_cast<size_t>(note.seconds * 48000);
        double phase = 0;
        for (size_t i = 0; i < frames; ++i) {
            const double t = static_cast<double>(i) / 48000;
            phase += note_to_hertz(note.pitch + note.vibrato * std::sin(2 * std::numbers::pi * 5.5 * t)) / 48000;
            const double edge = std::min({1.0, t / 0.02, (note.seconds - t) / 0.03});
            double sample = 0;
            for (int k = 1; k <= 12; ++k) sample += std::sin(2 * std::numbers::pi * k * phase) / (k * 6.0);
            audio.left.push_back(static_cast<float>(edge * sample));
        }
    }
    audio.right = audio.left;
    return audio;
}

// One hit: modes as ratios to `hertz`, each a pair that beats, as in cast metal, falling by 8.7 dB in `seconds` / ratio.
Audio hit(double hertz, const std::vector<double>& ratios, double seconds) {
    Audio audio{48000, std::vector<float>(static_cast<size_t>(48000 * 4)), {}};
    for (size_t mode = 0; mode < ratios.size(); ++mode)
        for (const double beat : {-0.35, 0.3})
            for (size_t i = 0; i < audio.left.size(); ++i) {
                const double t = static_cast<double>(i) / 48000, f = hertz * ratios[mode] + beat;
                audio.left[i] += static_cast<float>(
                    0.03 * std::min(1.0, t / 0.002) * std::exp(-t * std::sqrt(ratios[mode]) / seconds) *
                    std::sin(2 * std::numbers::pi * f * t + static_cast<double>(mode)));
            }
    audio.right = audio.left;
    return audio;
}

// The source of a sound without a note in its name.
std::unique_ptr<Source> unnamed(const TemporaryFolder& folder, const Audio& audio) {
    write_audio(folder / "sound.wav", audio);
    return open_source(folder / "sound.wav");
}

bool taken_for_phrase(const Source& source) {
    return std::ranges::any_of(source.warnings(),
                               [](const auto& text) { return text.find("as a phrase") != std::string::npos; });
}

// A line sung without a gap: the pitch glides to the next note in 60 ms, the level does not change.
Audio sung_legato(const std::vector<double>& pitches) {
    Audio audio{48000, {}, {}};
    double phase = 0;
    for (size_t note = 0; note < pitches.size(); ++note)
        for (size_t i = 0; i < 28800; ++i) {
            const double t = static_cast<double>(i) / 48000, from = pitches[note > 0 ? note - 1 : 0];
            const double pitch = from + (pitches[note] - from) * std::min(1.0, t / 0.06);
            phase += note_to_hertz(pitch + 0.3 * std::sin(2 * std::numbers::pi * 5.5 * t)) / 48000;
            double sample = 0;
            for (int k = 1; k <= 12; ++k) sample += std::sin(2 * std::numbers::pi * k * phase) / (k * 6.0);
            audio.left.push_back(static_cast<float>(sample));
        }
    audio.right = audio.left;
    return audio;
}

} // namespace

BOOST_AUTO_TEST_SUITE(phrases)

BOOST_AUTO_TEST_CASE(one_hit_of_what_rings_is_one_note) {
    const std::vector<double> bell{.5, 1, 1.183, 1.506, 2, 2.514, 2.662, 3.01, 4.166, 5.43, 6.79, 8.21},
        bar{1, 2.756, 5.404, 8.933, 13.34}, glass{1, 2.32, 4.25, 6.63, 9.38},
        gong{.41, .63, 1, 1.37, 1.79, 2.13, 2.48, 2.97, 3.33, 3.81, 4.27, 4.9, 5.6, 6.3, 7.2, 8.3};
    const TemporaryFolder folder;
    for (const auto* ratios : {&bell, &bar, &glass, &gong})
        for (const double hertz : {130.8, 261.6, 700.0})
            for (const double seconds : {0.5, 3.0}) {
                const auto source = unnamed(folder, hit(hertz, *ratios, seconds));
                BOOST_TEST(!taken_for_phrase(*source), hertz << " Hz, " << ratios->size() << " modes, " << seconds);
                BOOST_TEST(source->recorded_pitches().size() == 1u);
            }
    // Recordings: every drum of the kit, and instruments that are struck.
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    if (!std::filesystem::exists(font)) {
        BOOST_TEST_MESSAGE("skipped: needs fluid-soundfont-gm");
        return;
    }
    const auto kit = open_soundfont(font, 128, 0);
    for (int key = 35; key <= 81; ++key)
        BOOST_TEST(!is_phrase(segment_phrase(kit->note(key, 110, 3, 1).audio)), "drum " << key);
    for (const int program : {9, 10, 11, 12, 13, 14, 47, 112, 113, 114, 115, 116, 117, 118})
        for (const int key : {48, 60, 72})
            BOOST_TEST(!is_phrase(segment_phrase(open_soundfont(font, 0, program)->note(key, 110, 4, 1).audio)),
                       "program " << program << ", key " << key);
}

BOOST_AUTO_TEST_CASE(scales_and_sung_lines_are_phrases) {
    const TemporaryFolder folder;
    for (const auto& pitches : {std::vector<double>{60, 64, 67}, {55, 57, 59, 60, 62}, {62, 57, 65, 60}})
        BOOST_TEST(taken_for_phrase(*unnamed(folder, sung_legato(pitches))), pitches.size() << " notes");
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    if (!std::filesystem::exists(font)) {
        BOOST_TEST_MESSAGE("skipped: needs fluid-soundfont-gm");
        return;
    }
    for (const int program : {0, 11, 14, 24, 46, 48, 52, 56, 73}) {
        const auto source = open_soundfont(font, 0, program);
        Audio scale{48000, std::vector<float>(4 * 48000), {}};
        size_t at = 0;
        for (const int pitch : {60, 62, 64, 65, 67, 69, 71, 72}) {
            const Audio note = source->note(pitch, 90, 0.4, 0.3).audio;
            for (size_t i = 0; i < note.frames(); ++i) scale.left[at + i] += note.left[i];
            at += 19200;
        }
        scale.right = scale.left;
        BOOST_TEST(taken_for_phrase(*unnamed(folder, scale)), source->name());
    }
}

BOOST_AUTO_TEST_CASE(a_sung_line_is_split_into_its_notes) {
    const std::vector<LineNote> sung = {{57, 0.4, 0.3},   {60, 0.5, 0.4}, {60, 0.3, 0},
                                        {64.2, 0.8, 0.3}, {62, 0.1, 0},   {57, 0.9, 0.2}};
    const std::vector<PhraseNote> notes = segment_phrase(synthesise_line(sung));
    BOOST_REQUIRE(notes.size() == 5u); // the note of 0.1 s is too short
    const size_t expected_index[] = {0, 1, 2, 3, 5};
    double begin[6], at = 0;
    for (size_t i = 0; i < 6; ++i) {
        begin[i] = at + 0.05;
        at = begin[i] + sung[i].seconds;
    }
    for (size_t i = 0; i < notes.size(); ++i) {
        const LineNote& expected = sung[expected_index[i]];
        BOOST_TEST(std::abs(notes[i].pitch - expected.pitch) < 0.12);
        BOOST_TEST(std::abs(static_cast<double>(notes[i].start) / 48000 - begin[expected_index[i]]) < 0.06);
        BOOST_TEST(std::abs(static_cast<double>(notes[i].end) / 48000 - begin[expected_index[i]] - expected.seconds) <
                   0.08);
    }
    const std::vector<PhraseNote> best = best_note_per_semitone(notes);
    BOOST_REQUIRE(best.size() == 3u);
    BOOST_TEST(best[0].end - best[0].start > 36000u); // the longer of the two at A3
    BOOST_TEST(best[1].end - best[1].start > 19200u);
}

BOOST_AUTO_TEST_CASE(silence_has_no_note_and_a_note_has_one) {
    BOOST_TEST(segment_phrase(Audio{48000, std::vector<float>(48000), std::vector<float>(48000)}).empty());
    BOOST_TEST(segment_phrase(Audio{48000, {0.5f}, {0.5f}}).empty());
    BOOST_TEST(segment_phrase(Audio{48000, {}, {}}).empty());
    BOOST_TEST(segment_phrase(synthesise_line({{50, 2, 0.5}})).size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_excerpt_begins_and_ends_in_silence) {
    const Audio audio = sine(440, 1);
    const Audio part = extract_note(audio, {12000, 24000, 69, 1});
    BOOST_TEST(part.frames() == 12000u);
    BOOST_TEST(part.left.front() == 0.0f);
    BOOST_TEST(part.left.back() == 0.0f);
    BOOST_TEST(part.left[6000] == audio.left[18000]);
    BOOST_TEST(extract_note(audio, {47000, 99000, 69, 1}).frames() == 1000u);
}

BOOST_AUTO_TEST_CASE(a_phrase_is_a_source_of_several_pitches) {
    const TemporaryFolder folder;
    write_audio(folder / "song.wav", synthesise_line({{55, 0.5, 0.2}, {59, 0.6, 0.2}, {62, 0.5, 0.2}, {67, 0.7, 0.2}}));
    const auto source = open_source(folder / "song.wav");
    BOOST_TEST(source->warnings().size() > 0u);
    BOOST_TEST(source->warnings().front().find("used of its 4 notes: G3 B3 D4 G4") != std::string::npos,
               source->warnings().front());
    for (const int pitch : {55, 59, 62, 67}) {
        const Recording note = source->note(pitch, 100, 0.4, 0.2);
        BOOST_TEST(note.exact);
        BOOST_TEST(std::abs(note.pitch - pitch) < 0.15);
        const auto estimate = detect_pitch(note.audio);
        BOOST_REQUIRE(estimate);
        BOOST_TEST(std::abs(estimate->pitch - pitch) < 0.3);
        BOOST_TEST(note.name == "song (" + note_name(pitch) + ")");
    }
    BOOST_TEST(!source->note(40, 100, 0.4, 0.2).exact);
}

BOOST_AUTO_TEST_CASE(a_single_note_is_not_a_phrase) {
    const TemporaryFolder folder;
    write_audio(folder / "note.wav", synthesise_line({{55.2, 1.5, 0.6}}));
    const auto source = open_source(folder / "note.wav");
    BOOST_TEST(source->warnings().empty());
    BOOST_TEST(std::abs(source->note(55, 100, 1, 0.3).pitch - 55.2) < 0.1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
