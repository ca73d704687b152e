// SPDX-License-Identifier: GPL-3.0-or-later
// Keys between recorded ones: pitch, formants, noise and attack of transposed recordings.
#include "models/audio/sources/transposition.h"

#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectra.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <random>

namespace timbrel::audio {
namespace {

// Level of a partial in dB by its frequency in Hz and its number.
using Levels = std::function<double(double hz, int number)>;

// A peak of 20 dB at 1200 Hz, 0.6 octaves wide, and one of 14 dB at 3500 Hz, as of a voice.
double formants(double hz, int) {
    const auto peak = [hz](double centre, double height) {
        const double octaves = std::log2(hz / centre);
        return height * std::exp(-octaves * octaves / .18);
    };
    return -30 + peak(1200, 20) + peak(3500, 14);
}

// Every second partial weak, as of a closed pipe; alike on all keys.
double pipe(double, int number) { return number % 2 ? -20 - number : -40 - number; }

Audio tone(int pitch, const Levels& level, double seconds = 2.5) {
    const double f0 = note_to_hertz(pitch);
    Audio sum = sine(f0, seconds, 48000, db_to_amplitude(level(f0, 1)));
    for (int number = 2; number * f0 < 12000; ++number) {
        const Audio one = sine(number * f0, seconds, 48000, db_to_amplitude(level(number * f0, number)));
        for (size_t i = 0; i < sum.frames(); ++i) sum.left[i] += one.left[i];
    }
    sum.right = sum.left;
    return sum;
}

// A folder with the tone at some keys, opened.
struct Keys {
    Keys(const std::vector<int>& pitches, const std::function<Audio(int)>& sound) {
        for (const int pitch : pitches) write_audio(folder / (note_name(pitch) + ".wav"), sound(pitch), 32);
        source = open_source(folder.path());
    }
    TemporaryFolder folder;
    std::unique_ptr<Source> source;
};

// Level in dB of a steady tone's partial, from 0.5 to 1.5 s.
double level_at(const Audio& audio, double hz) {
    double re = 0, im = 0, sum = 0;
    for (size_t i = 24000; i < 72000; ++i) {
        const double window = 1 - std::cos(2 * std::numbers::pi * static_cast<double>(i - 24000) / 48000);
        const double phase = 2 * std::numbers::pi * hz * static_cast<double>(i) / 48000;
        re += window * audio.left[i] * std::cos(phase);
        im += window * audio.left[i] * std::sin(phase);
        sum += window;
    }
    return amplitude_to_db(2 * std::hypot(re, im) / sum);
}

void check_partials(const Audio& audio, int pitch, const Levels& level, double tolerance) {
    const double f0 = note_to_hertz(pitch);
    for (int number = 1; number * f0 < 5000; ++number) {
        const double wanted = level(number * f0, number);
        if (wanted < -40) continue;
        BOOST_TEST(std::abs(level_at(audio, number * f0) - wanted) < tolerance,
                   "partial " << number << " has " << level_at(audio, number * f0) << " dB instead of " << wanted);
    }
}

// Power in dB of the frames `from` to `to`, of both channels.
double power_of(const Audio& audio, size_t from, size_t to) {
    double sum = 0;
    for (size_t i = from; i < to; ++i) sum += audio.left[i] * audio.left[i] + audio.right[i] * audio.right[i];
    return power_to_db(sum / static_cast<double>(to - from) + 1e-12);
}

} // namespace

BOOST_AUTO_TEST_SUITE(transposition)

BOOST_AUTO_TEST_CASE(formants_stay_where_recordings_have_them) {
    const Keys keys({55, 58, 61, 64}, [](int pitch) { return tone(pitch, formants); });
    for (const int pitch : {56, 57, 59, 63}) {
        const Recording recording = note_at_key(*keys.source, pitch, 100, 2, .5);
        BOOST_TEST_CONTEXT(note_name(pitch)) {
            BOOST_TEST(recording.pitch == pitch);
            BOOST_TEST(std::abs(std::abs(recording.transposed) - 1) < .01);
            BOOST_TEST(!recording.exact);
            BOOST_TEST(std::abs(detect_pitch(recording.audio)->pitch - pitch) < .02);
            check_partials(recording.audio, pitch, formants, 3.5);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_single_recording_keeps_its_formants) {
    const Keys keys({60}, [](int pitch) { return tone(pitch, formants); });
    for (const int pitch : {57, 63}) BOOST_TEST_CONTEXT(note_name(pitch))
    check_partials(note_at_key(*keys.source, pitch, 100, 2, .5).audio, pitch, formants, 5.5);
}

BOOST_AUTO_TEST_CASE(partials_that_are_alike_on_all_keys_stay_alike) {
    const Keys keys({55, 58, 61}, [](int pitch) { return tone(pitch, pipe); });
    for (const int pitch : {56, 57, 60, 63}) BOOST_TEST_CONTEXT(note_name(pitch))
    check_partials(note_at_key(*keys.source, pitch, 100, 2, .5).audio, pitch, pipe, 1.5);
}

BOOST_AUTO_TEST_CASE(what_one_recording_has_by_chance_does_not_come_from_its_neighbour) {
    const Levels bright = [](double hz, int number) { return pipe(hz, number) + (number > 4 ? 12 : 0); };
    const Keys keys({55, 58}, [&](int pitch) { return tone(pitch, pitch == 58 ? bright : pipe); });
    check_partials(note_at_key(*keys.source, 56, 100, 2, .5).audio, 56, pipe, 1.5);
    check_partials(note_at_key(*keys.source, 57, 100, 2, .5).audio, 57, bright, 1.5);
}

BOOST_AUTO_TEST_CASE(noise_and_attack_go_along) {
    const auto breathy = [](int pitch) {
        Audio audio = tone(pitch, [](double, int number) { return -20. - 3 * number; });
        std::mt19937 random(1);
        std::normal_distribution<float> noise(0, .01f);
        for (size_t i = 0; i < audio.frames(); ++i) {
            const float knock = i < 240 ? 20 : 1; // the first 5 ms
            audio.left[i] += knock * noise(random);
            audio.right[i] += knock * noise(random);
        }
        return audio;
    };
    const Keys keys({57, 60}, breathy);
    const Audio here = keys.source->note(60, 100, 2, .5).audio, there = note_at_key(*keys.source, 62, 100, 2, .5).audio;
    const auto side = [](Audio audio) { // the noise alone, as the tone is equal in both channels
        for (size_t i = 0; i < audio.frames(); ++i) audio.right[i] = audio.left[i] -= audio.right[i];
        return audio;
    };
    BOOST_TEST(std::abs(power_of(side(there), 24000, 72000) - power_of(side(here), 24000, 72000)) < 1);
    BOOST_TEST(std::abs(power_of(there, 0, 200) - power_of(here, 0, 200)) < 1.5);
    BOOST_TEST(power_of(there, 0, 200) > power_of(there, 400, 800) + 6);
}

BOOST_AUTO_TEST_CASE(a_held_note_is_as_long_as_asked_for) {
    const Keys keys({60}, [](int pitch) {
        Audio audio = tone(pitch, pipe, 3);
        for (size_t i = 0; i < 24000; ++i) { // released in the last half second
            audio.left[i + 120000] *= std::pow(.001f, float(i) / 24000);
            audio.right[i + 120000] = audio.left[i + 120000];
        }
        return audio;
    });
    for (const int pitch : {57, 60, 63})
        BOOST_TEST(std::abs(note_at_key(*keys.source, pitch, 100, 2, .5).hold - 2) < .05, note_name(pitch));
}

BOOST_AUTO_TEST_CASE(distant_keys_and_sources_that_play_every_key_are_not_transposed) {
    const Keys keys({60}, [](int pitch) { return tone(pitch, pipe); });
    BOOST_TEST(keys.source->recorded_pitches() == std::vector<int>{60}, boost::test_tools::per_element());
    for (const int pitch : {56, 60, 64}) {
        const Recording recording = note_at_key(*keys.source, pitch, 100, 2, .5);
        BOOST_TEST(recording.transposed == 0);
        BOOST_TEST(std::abs(recording.pitch - 60) < .02);
    }
    if (!std::filesystem::exists("/usr/share/sounds/sf2/FluidR3_GM.sf2")) return;
    const auto flute = open_source("/usr/share/sounds/sf2/FluidR3_GM.sf2:0:73");
    BOOST_TEST(flute->recorded_pitches().empty());
    BOOST_TEST(note_at_key(*flute, 61, 100, .5, .1).transposed == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
