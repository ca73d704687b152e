// SPDX-License-Identifier: GPL-3.0-or-later
// Names of files against their sounds: octaves, numbers, subfolders, and sounds whose pitch is uncertain.
#include "common/note_name.h"
#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/source.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>

namespace timbrel::audio {
namespace {

namespace fs = std::filesystem;

// A plucked string of eight partials.
Audio pluck(int pitch, double seconds = 0.6) {
    Audio sum = sine(note_to_hertz(pitch), seconds, 48000, 0.3);
    for (int partial = 2; partial <= 8; ++partial) {
        const Audio one = sine(partial * note_to_hertz(pitch), seconds, 48000, 0.3 / partial);
        for (size_t i = 0; i < sum.frames(); ++i) sum.left[i] += one.left[i];
    }
    for (size_t i = 0; i < sum.frames(); ++i)
        sum.left[i] *= static_cast<float>(std::exp(-3.0 * static_cast<double>(i) / 48000));
    sum.right = sum.left;
    return sum;
}

// Modes of a struck body, each a ratio to 261.6 Hz, a level, and the seconds in which it falls by 8.7 dB.
struct Mode {
    double ratio, level, seconds;
};

Audio struck(const std::vector<Mode>& modes) {
    Audio sum = sine(100, 4, 48000, 0);
    for (const Mode& mode : modes) {
        const Audio one = sine(261.6 * mode.ratio, 4, 48000, 0.1 * mode.level);
        for (size_t i = 0; i < sum.frames(); ++i)
            sum.left[i] += one.left[i] * static_cast<float>(std::exp(-static_cast<double>(i) / 48000 / mode.seconds));
    }
    sum.right = sum.left;
    return sum;
}

struct Folder {
    std::unique_ptr<Source> open(const std::string& notation = {}) const {
        return open_source(notation + folder.path().string());
    }
    // Whether every pitch is there, exactly and in tune.
    void check_pitches(Source& source, const std::vector<int>& pitches) const {
        for (const int pitch : pitches) {
            const Recording note = source.note(pitch, 100, 0.5, 0);
            BOOST_TEST(note.exact, note.name);
            BOOST_TEST(std::abs(note.pitch - pitch) < 0.05, note.name << " for " << pitch);
        }
    }
    TemporaryFolder folder;
};

bool warns(const Source& source, const std::string& part) {
    return std::ranges::any_of(source.warnings(),
                               [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

} // namespace

BOOST_AUTO_TEST_SUITE(labels)

BOOST_FIXTURE_TEST_CASE(a_folder_that_counts_octaves_otherwise_is_understood, Folder) {
    const std::vector<int> pitches{41, 48, 53, 60};
    for (const int octaves : {-1, 1}) { // Yamaha's names are an octave lower
        for (const auto& entry : fs::directory_iterator(folder.path())) fs::remove(entry);
        for (const int pitch : pitches)
            write_audio(folder / ("string_" + note_name(pitch + 12 * octaves) + ".wav"), pluck(pitch));
        auto source = open();
        check_pitches(*source, pitches);
        BOOST_TEST(!warns(*source, " is called "));
        BOOST_TEST(warns(*source, octaves < 0 ? "middle C is taken for C3" : "middle C is taken for C5"));

        auto kept = open(scientific_prefix);
        BOOST_TEST(kept->note(48 + 12 * octaves, 100, 0.5, 0).exact);
        BOOST_TEST(warns(*kept, "(another octave)"));
        auto yamaha = open(yamaha_prefix);
        BOOST_TEST(yamaha->note(48 + 12 * octaves + 12, 100, 0.5, 0).exact);
        BOOST_TEST(!warns(*yamaha, "middle C"));
    }
    // One name of another octave does not move the others.
    for (const auto& entry : fs::directory_iterator(folder.path())) fs::remove(entry);
    for (const int pitch : {41, 48, 53}) write_audio(folder / (note_name(pitch) + ".wav"), pluck(pitch));
    write_audio(folder / (note_name(48 + 5) + "_wrong.wav"), pluck(65));
    auto source = open();
    BOOST_TEST(source->note(41, 100, 0.5, 0).exact);
    BOOST_TEST(!warns(*source, "middle C"));
}

// Recordings of instruments, named in both ways.
BOOST_AUTO_TEST_CASE(octaves_of_recordings_are_understood) {
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    if (!fs::exists(font)) {
        BOOST_TEST_MESSAGE("skipped: needs fluid-soundfont-gm");
        return;
    }
    for (const int program : {0, 11, 24, 40, 48, 52, 56, 71, 73})
        for (const int shift : {0, 12}) {
            const TemporaryFolder folder;
            const auto played = open_soundfont(font, 0, program);
            for (const int pitch : {60, 65, 70, 76})
                write_audio(folder / ("x_" + note_name(pitch - shift) + ".wav"), played->note(pitch, 90, 0.8, 0).audio);
            const auto source = open_source(folder.path().string());
            BOOST_TEST(source->recorded_pitches() == (std::vector{60, 65, 70, 76}), boost::test_tools::per_element());
            BOOST_TEST(warns(*source, "middle C is taken for C3") == (shift == 12), played->name());
        }
}

BOOST_FIXTURE_TEST_CASE(numbers_are_keys_only_if_they_sound_so, Folder) {
    // Takes of one note.
    for (const int take : {60, 61, 62}) write_audio(folder / ("take_" + std::to_string(take) + ".wav"), pluck(45));
    auto takes = open();
    check_pitches(*takes, {45});
    BOOST_TEST(!takes->note(61, 100, 0.5, 0).exact);
    BOOST_TEST(std::abs(open_source(folder / "take_60.wav")->note(60, 100, 0.5, 0).pitch - 45) < 0.05);

    // Keys, one of them of a sound without a pitch.
    for (const auto& entry : fs::directory_iterator(folder.path())) fs::remove(entry);
    for (const int key : {50, 55, 62}) write_audio(folder / ("0" + std::to_string(key) + ".wav"), pluck(key));
    std::mt19937 random(1);
    Audio noise = sine(100, 0.5);
    for (float& sample : noise.left) sample = static_cast<float>(random() % 1000) / 2000;
    noise.right = noise.left;
    write_audio(folder / "070.wav", noise);
    auto keys = open();
    check_pitches(*keys, {50, 55, 62});
    BOOST_TEST(keys->note(70, 100, 0.5, 0).exact);
}

BOOST_FIXTURE_TEST_CASE(subfolders_are_searched, Folder) {
    fs::create_directories(folder.path() / "low" / "soft");
    fs::create_directories(folder.path() / ".trash");
    write_audio(folder / "low/soft/a_C3.wav", pluck(48));
    write_audio(folder / "low/b_E3.wav", pluck(52));
    write_audio(folder / "c_G3.wav", pluck(55));
    write_audio(folder / ".trash/d_B3.wav", pluck(59));
    fs::create_directory_symlink(folder.path(), folder.path() / "low" / "loop");
    fs::create_symlink("nowhere", folder.path() / "low" / "broken_A3.wav");
    auto source = open();
    check_pitches(*source, {48, 52, 55});
    BOOST_TEST(source->provenance()["files"] == 3);
    BOOST_TEST(!warns(*source, "broken"));
    BOOST_TEST(!warns(*source, "d_B3"));
}

BOOST_FIXTURE_TEST_CASE(the_label_of_a_sound_without_a_certain_pitch_stays, Folder) {
    const std::pair<const char*, Audio> sounds[] = {
        {"bell-C4", struck({{.5, .6, 5}, {1, .9, 3.2}, {1.183, .7, 2.8}, {1.506, .4, 1.5}, {2, 1, 2}, {2.662, .3, 1}})},
        {"bar-C4", struck({{1, 1, 1.6}, {2.756, .5, .7}, {5.404, .35, .35}})},
        {"gong-C4", struck({{.41, .4, 4}, {.63, .4, 4}, {1, .4, 3}, {1.37, .4, 3}, {1.79, .4, 2}, {2.48, .4, 2}})}};
    for (const auto& [name, audio] : sounds) {
        write_audio(folder / (std::string(name) + ".wav"), audio);
        const auto source = open_source(folder / (std::string(name) + ".wav"));
        BOOST_TEST(source->note(60, 100, 1, 0).exact, name);
        BOOST_TEST(!warns(*source, "which is taken"), name);
    }
    BOOST_TEST(!detect_pitch(sounds[0].second)->certain());
    BOOST_TEST(detect_pitch(pluck(60))->certain());
    // Also where the fundamental itself is missing.
    Audio hollow = pluck(45, 1);
    const Audio fundamental = sine(note_to_hertz(45), 1, 48000, 0.3);
    for (size_t i = 0; i < hollow.frames(); ++i)
        hollow.left[i] -= fundamental.left[i] * static_cast<float>(std::exp(-3.0 * static_cast<double>(i) / 48000));
    hollow.right = hollow.left;
    BOOST_TEST(detect_pitch(hollow)->certain());
    BOOST_TEST(std::abs(detect_pitch(hollow)->pitch - 45) < 0.05);
}

BOOST_AUTO_TEST_CASE(a_sound_without_a_pitch_is_played_on_the_middle_key) {
    const TemporaryFolder folder;
    Audio noise{48000, std::vector<float>(24000), std::vector<float>(24000)};
    uint32_t state = 1;
    for (size_t i = 0; i < noise.left.size(); ++i) {
        state = state * 1664525 + 1013904223;
        noise.left[i] = (static_cast<float>(state >> 8) / 8388608.0f - 1) * 0.3f;
    }
    for (size_t i = noise.left.size() - 1; i > 0; --i) noise.left[i] -= noise.left[i - 1]; // without an offset
    noise.right = noise.left;
    write_audio(folder / "hiss.wav", noise);
    const auto source = open_source(folder / "hiss.wav");
    const Recording recording = source->note(60, 100, 0.3, 0.1);
    BOOST_TEST(recording.pitch == 60);
    BOOST_TEST(recording.exact);
    double deviation = 0;
    for (size_t i = 0; i < 9600; ++i)
        deviation = std::max<double>(deviation, std::abs(recording.audio.left[i] - noise.left[i]));
    BOOST_TEST(deviation < 0.01);
    const auto warnings = source->warnings();
    BOOST_TEST(std::ranges::any_of(
        warnings, [](const auto& text) { return text.find("no pitch was detected") != std::string::npos; }));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
