// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/knobs/random.h"
#include "models/audio/knobs/struck_sounds.h"
#include "models/audio/sources/phrase_segmentation.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

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

// A line without gaps: the pitch glides to the next note in `glide` seconds while the level hardly changes.
Audio legato_line(double first, const std::vector<double>& steps, double glide, double vibrato, Random& random) {
    Audio audio{48000, {}, {}};
    double phase = 0, before = 0;
    for (const double step : steps) {
        const double level = random.uniform(0.5, 1);
        const auto frames = static_cast<size_t>(random.uniform(0.4, 0.7) * 48000);
        for (size_t i = 0; i < frames; ++i) {
            const double t = static_cast<double>(i) / 48000,
                         moved = before + (step - before) * std::min(1.0, t / glide);
            phase += note_to_hertz(first + moved + vibrato * std::sin(2 * std::numbers::pi * 5.5 * t)) / 48000;
            double sample = 0;
            for (int k = 1; k <= 12; ++k) sample += std::sin(2 * std::numbers::pi * k * phase) / (k * 6.0);
            audio.left.push_back(static_cast<float>(level * sample));
        }
        before = step;
    }
    audio.right = audio.left;
    return audio;
}

bool is_phrase_of(const Audio& audio) { return is_phrase(segment_phrase(audio)); }

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

} // namespace

BOOST_AUTO_TEST_SUITE(phrases)

// The threshold was chosen on seeds below 6000; here are others.
BOOST_AUTO_TEST_CASE(one_hit_of_what_rings_is_one_note) {
    int hits = 0;
    for (const Struck kind : struck_kinds)
        for (uint64_t seed = 9000; seed < 9005; ++seed, ++hits) {
            const double pitch = Random(seed).uniform(43, 84);
            BOOST_TEST(!is_phrase_of(strike(struck_sound(kind, pitch, seed), 4, seed)), struck_name(kind)
                                                                                            << " at " << pitch);
        }
    BOOST_TEST(hits == 35);
}

BOOST_AUTO_TEST_CASE(one_hit_of_a_recorded_drum_or_mallet_is_one_note,
                     *boost::unit_test::precondition([](auto) { return std::filesystem::exists(font); })) {
    const auto kit = open_soundfont(font, 128, 0);
    for (int key = 35; key <= 81; key += 2) BOOST_TEST(!is_phrase_of(kit->note(key, 110, 3, 1).audio), "drum " << key);
    for (const int program : {9, 11, 12, 13, 14, 47, 112, 113, 114, 117})
        for (const int key : {48, 60, 72})
            BOOST_TEST(!is_phrase_of(open_soundfont(font, 0, program)->note(key, 110, 4, 1).audio),
                       "program " << program << ", key " << key);
}

BOOST_AUTO_TEST_CASE(scales_sung_lines_and_legato_are_phrases) {
    for (uint64_t seed = 9000; seed < 9004; ++seed) {
        Random random(seed);
        const double first = random.uniform(45, 72);
        const auto line = [&](const std::vector<double>& steps, double seconds, double vibrato) {
            std::vector<LineNote> notes;
            for (const double step : steps)
                notes.push_back({first + step, seconds * random.uniform(0.8, 1.2), vibrato});
            return synthesise_line(notes);
        };
        BOOST_TEST(is_phrase_of(line({0, 2, 4, 5, 7, 9, 11, 12}, 0.4, 0)), "scale from " << first);
        BOOST_TEST(is_phrase_of(line({0, 0, 2, 2, 4, 4}, 0.35, 0)), "repeated notes from " << first);
        BOOST_TEST(is_phrase_of(line({0, 4, 7, 12, 7, 4}, 0.22, 0)), "staccato from " << first);
        BOOST_TEST(is_phrase_of(line({0, 2, 4, 2, 0, -3}, 0.6, 0.5)), "sung line from " << first);
        BOOST_TEST(is_phrase_of(legato_line(first, {0, 2, 4, 5, 7}, 0.06, 0.1, random)), "legato from " << first);
        BOOST_TEST(is_phrase_of(legato_line(first, {0, -2, 3, 1}, 0.12, 0.1, random)), "slow legato from " << first);
        BOOST_TEST(is_phrase_of(legato_line(first, {0, 1, 3, 1}, 0.08, 0.4, random)), "sung legato from " << first);
        BOOST_TEST(is_phrase_of(legato_line(first, {0, 7, 3}, 0.05, 0.2, random)), "three notes from " << first);
    }
}

BOOST_AUTO_TEST_CASE(an_unnamed_hit_is_one_note_at_a_pitch_that_sounds) {
    const TemporaryFolder folder;
    for (const Struck kind : {Struck::bell, Struck::gong, Struck::tube, Struck::fm_bell}) {
        const StruckSound sound = struck_sound(kind, 62, 9001);
        const Audio hit = strike(sound, 4, 1);
        write_audio(folder / "hit.wav", hit);
        const auto source = open_source(folder / "hit.wav");
        BOOST_REQUIRE(source->recorded_pitches().size() == 1u);
        const Recording note = source->note(source->recorded_pitches().front(), 100, 3, 0.2);
        BOOST_TEST(note.audio.seconds() > 2.9, struck_name(kind));
        const double lowest = std::ranges::min(sound.modes, {}, &StruckMode::hertz).hertz;
        BOOST_TEST(note.pitch > hertz_to_note(lowest) - 1, struck_name(kind) << " at " << note.pitch);
        const auto warnings = source->warnings();
        BOOST_TEST(
            std::ranges::none_of(warnings, [](const auto& w) { return w.find("a phrase") != std::string::npos; }));
        BOOST_TEST((kind != Struck::gong || std::ranges::any_of(warnings, [](const auto& w) {
                        return w.find("no clear pitch") != std::string::npos;
                    })));
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
