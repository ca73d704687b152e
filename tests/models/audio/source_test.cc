// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/source.h"

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/sources/parse_note_name.h"
#include "models/audio/sources/recording_check.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace timbrel::audio {
namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

// Whether the packaged font is installed. Without it, tests that need it pass with a message.
bool has_font() {
    const bool there = std::filesystem::exists(font);
    if (!there) BOOST_TEST_MESSAGE("skipped: needs fluid-soundfont-gm");
    return there;
}

bool warns(const Source& source, const std::string& part) {
    const auto warnings = source.warnings();
    return std::ranges::any_of(warnings, [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

void check_refused(const std::string& spec, const std::string& reason) {
    BOOST_CHECK_EXCEPTION(open_source(spec), AudioError, [&](const AudioError& error) {
        const std::string text = error.what();
        BOOST_TEST_MESSAGE(text);
        return text.find(reason) != std::string::npos && text.find('\n') == std::string::npos;
    });
}

std::string little_endian(uint32_t value) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>(value >> shift & 255));
    return bytes;
}

void add_chunk(const std::string& path, const std::string& name, const std::string& data) {
    const std::string chunk =
        name + little_endian(static_cast<uint32_t>(data.size())) + data + std::string(data.size() % 2, '\0');
    std::string bytes = read_bytes(path);
    bytes.replace(4, 4, little_endian(static_cast<uint32_t>(bytes.size() + chunk.size() - 8)));
    std::ofstream(path, std::ios::binary) << bytes << chunk;
}

// Writes a WAV file with a `smpl` chunk: unity note, its fraction in 1/2^32 semitones, and a loop with its first and
// last frame.
void write_with_smpl(const std::string& path, const Audio& audio, uint32_t unity, uint32_t fraction, uint32_t first = 0,
                     uint32_t last = 0) {
    write_audio(path, audio, 16);
    std::string data;
    for (const uint32_t value : {0u, 0u, 20833u, unity, fraction, 0u, 0u, last > 0 ? 1u : 0u, 0u})
        data += little_endian(value);
    if (last > 0)
        for (const uint32_t value : {0u, 0u, first, last, 0u, 0u}) data += little_endian(value);
    add_chunk(path, "smpl", data);
}

} // namespace

BOOST_AUTO_TEST_SUITE(sources)

BOOST_AUTO_TEST_CASE(file_names_give_pitch_and_velocity) {
    const struct {
        const char* stem;
        int pitch, velocity; // -1: none
    } names[] = {
        {"C4", 60, -1},           {"c#3_v90", 49, 90},
        {"Bb2", 46, -1},          {"flute-A4-vel64", 69, 64},
        {"Eb5v100", 75, 100},     {"Fis3", -1, -1},
        {"060", 60, -1},          {"kit_60_", 60, -1},
        {"piano 02 072", 72, -1}, {"bass_000-024-127", 24, 127},
        {"C-1", 0, -1},           {"G9", 127, -1},
        {"note60", 60, -1},       {"midi_61_v33", 61, 33},
        {"flute", -1, -1},        {"Take 3", -1, -1},
        {"F♯4", 66, -1},          {"my_B♭3_v5", 58, -1},
        {"piano_v2_D4", 62, -1},  {"E4_velocity7", 64, 7},
        {"Cs2", 37, -1},          {"sub2", -1, -1},
        {"A#3 (1)", 58, -1},      {"G10", -1, -1},
    };
    for (const auto& expected : names) {
        const ParsedNoteName found = parse_note_name(expected.stem);
        BOOST_TEST(found.pitch.value_or(-1) == expected.pitch,
                   expected.stem << " gave pitch " << found.pitch.value_or(-1));
        BOOST_TEST(found.velocity.value_or(-1) == expected.velocity,
                   expected.stem << " gave velocity " << found.velocity.value_or(-1));
    }
}

BOOST_AUTO_TEST_CASE(pitch_comes_from_the_name_then_the_chunk_then_the_sound) {
    const TemporaryFolder folder;
    write_audio(folder / "tone_A3.wav", sine(220, 0.5));
    const Recording named = open_source(folder / "tone_A3.wav")->note(57, 100, 2, 0.7);
    BOOST_TEST(std::abs(named.pitch - 57) < 0.01);
    BOOST_TEST(named.exact);
    BOOST_TEST(named.hold == 2.0); // the steady part is repeated

    write_with_smpl(folder / "chunk.wav", sine(note_to_hertz(62.25), 0.5), 62, 1u << 30);
    const Recording chunk = open_source(folder / "chunk.wav")->note(62, 100, 2, 0.7);
    BOOST_TEST(std::abs(chunk.pitch - 62.25) < 0.01);
    BOOST_TEST(std::abs(read_audio_info(folder / "chunk.wav").unity_note - 62.25) < 0.02);

    write_audio(folder / "inst.wav", sine(note_to_hertz(67), 0.5));
    add_chunk(folder / "inst.wav", "inst", std::string({67, 0, 0, 0, 127, 1, 127}));
    BOOST_TEST(std::abs(open_source(folder / "inst.wav")->note(67, 100, 0.5, 0).pitch - 67) < 0.01);

    write_audio(folder / "tone.wav", sine(note_to_hertz(64.3), 0.5));
    const Recording unnamed = open_source(folder / "tone.wav")->note(60, 100, 2, 0.7);
    BOOST_TEST(std::abs(unnamed.pitch - 64.3) < 0.01);
    BOOST_TEST(!unnamed.exact);
}

BOOST_AUTO_TEST_CASE(a_folder_gives_the_nearest_note_at_48_kHz) {
    const TemporaryFolder folder;
    write_audio(folder / "t_C3_v40.wav", sine(note_to_hertz(48), 0.4, 44100, 0.1));
    write_audio(folder / "t_C3_v110.wav", sine(note_to_hertz(48), 0.4, 44100, 0.8));
    write_audio(folder / "t_C5_v80.flac.wav", sine(note_to_hertz(72), 0.4, 96000, 0.4));
    std::ofstream(folder / "notes.txt") << "not a sound";
    std::ofstream(folder / ".hidden") << "nor this";
    const auto source = open_source(folder.path().string());
    BOOST_TEST(warns(*source, "notes.txt"));
    BOOST_TEST(!warns(*source, "hidden"));
    const Recording soft = source->note(50, 20, 1, 1), loud = source->note(48, 110, 1, 1),
                    high = source->note(90, 1, 1, 1);
    BOOST_TEST(soft.name == "t_C3_v40");
    BOOST_TEST(!soft.exact);
    BOOST_TEST(loud.velocity == 110);
    BOOST_TEST(loud.exact);
    BOOST_TEST(std::abs(high.pitch - 72) < 0.01);
    for (const Recording* recording : {&soft, &loud, &high}) {
        BOOST_TEST(recording->audio.rate == 48000);
        BOOST_TEST(recording->audio.seconds() == 1.0);
    }
    const nlohmann::json from = source->provenance();
    BOOST_TEST(from["type"] == "folder");
    BOOST_TEST(from["files"] == 3);
    BOOST_TEST(from["hash"].get<std::string>().size() == 16u);
}

BOOST_AUTO_TEST_CASE(a_stored_loop_sustains_the_note) {
    const TemporaryFolder folder;
    write_with_smpl(folder / "loop.wav", sine(100, 1.0, 44100), 43, 0, 8820, 8820 + 4409); // ten periods
    const AudioInfo info = read_audio_info(folder / "loop.wav");
    BOOST_TEST(info.loop_start == 8820u);
    BOOST_TEST(info.loop_end == 8820u + 4410u);
    const Recording sustained = open_source(folder / "loop.wav")->note(43, 100, 2.5, 0);
    BOOST_TEST(sustained.hold == 2.5);
    const Audio ideal = sine(100, 2.5);
    double worst = 0;
    for (size_t i = 0; i < 100000; ++i)
        worst = std::max(worst, std::abs(static_cast<double>(sustained.audio.left[i]) - ideal.left[i]));
    BOOST_TEST(worst < 1e-3);
}

BOOST_AUTO_TEST_CASE(defects_of_recordings_are_reported) {
    const TemporaryFolder folder;
    Audio audio = sine(440, 0.5, 48000, 2.0);
    for (float& sample : audio.left) sample = std::clamp(sample, -0.9f, 0.9f);
    audio.right = audio.left;
    write_audio(folder / "clipped_A4.wav", audio);
    audio = sine(440, 0.5);
    for (auto* channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample += 0.1f;
    write_audio(folder / "offset_A4.wav", audio);
    audio = sine(440, 0.5);
    for (auto* channel : {&audio.left, &audio.right}) channel->insert(channel->begin(), 24000, 0.0f);
    write_audio(folder / "late_A4.wav", audio);
    write_audio(folder / "wrong_C4.wav", sine(note_to_hertz(64), 0.5));
    write_audio(folder / "silent_A4.wav", Audio{48000, std::vector<float>(9600), std::vector<float>(9600)});
    write_audio(folder / "fine_A4.wav", sine(440, 0.5));

    const auto after_note = [&](const char* file) {
        auto source = open_source(folder / file);
        const Recording recording = source->note(69, 100, 0.5, 1);
        return std::pair(std::move(source), recording);
    };
    BOOST_TEST(warns(*after_note("clipped_A4.wav").first, "clipped"));
    const auto [offset, moved] = after_note("offset_A4.wav");
    BOOST_TEST(warns(*offset, "constant offset"));
    BOOST_TEST(std::abs(*std::ranges::max_element(moved.audio.left) + *std::ranges::min_element(moved.audio.left)) <
               0.01);
    const auto [late, cut] = after_note("late_A4.wav");
    BOOST_TEST(warns(*late, "0.50 s of silence"));
    BOOST_TEST(cut.audio.seconds() == 0.505, boost::test_tools::tolerance(0.02));
    BOOST_TEST(warns(*after_note("wrong_C4.wav").first, "called C4 and sounds like E4"));
    BOOST_TEST(warns(*after_note("silent_A4.wav").first, "silent"));
    const auto [clean, recording] = after_note("fine_A4.wav");
    for (const std::string& warning : clean->warnings())
        BOOST_TEST(warning.find("clipped") == std::string::npos, warning);
}

// A 44.1 kHz recording played at 48 kHz is 147 cents too high.
BOOST_AUTO_TEST_CASE(wrong_and_low_rates_are_reported) {
    const TemporaryFolder folder;
    const auto warnings_of = [&](const char* file, const Audio& audio) {
        write_audio(folder / file, audio);
        auto source = open_source(folder / file);
        source->note(60, 100, 0.5, 0.2);
        return source;
    };
    BOOST_TEST(warns(*warnings_of("fast_C4.wav", sine(note_to_hertz(60) * 48000 / 44100, 0.8)), "may be 44100 Hz"));
    BOOST_TEST(warns(*warnings_of("slow_C4.wav", sine(note_to_hertz(60) * 44100 / 48000, 0.8)), "may be 48000 Hz"));
    BOOST_TEST(warns(*warnings_of("dull_C4.wav", sine(note_to_hertz(60), 0.8, 16000)), "nothing above 8000 Hz"));
    const auto clean = warnings_of("high_C4.wav", sine(note_to_hertz(60), 0.8, 192000));
    BOOST_TEST(!warns(*clean, "rate"));
    BOOST_TEST(clean->note(60, 100, 0.5, 0.2).audio.rate == 48000);
}

// Drops root privileges, because root may read every file.
struct Unprivileged {
    Unprivileged() {
        if (geteuid() == 0) BOOST_REQUIRE(seteuid(65534) == 0);
    }
    ~Unprivileged() { static_cast<void>(seteuid(getuid())); }
};

BOOST_AUTO_TEST_CASE(invalid_sources_are_refused_with_a_one_line_message) {
    const TemporaryFolder folder;
    check_refused("/dev/zero", "no sound file");
    mkfifo((folder / "pipe.wav").c_str(), 0600); // must not wait for a writer
    check_refused(folder / "pipe.wav", "no sound file");
    std::filesystem::create_directory(folder / "closed");
    std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    {
        const Unprivileged unprivileged;
        check_refused(folder / "closed", "cannot be read");
    }
    std::filesystem::permissions(folder / "closed", std::filesystem::perms::owner_all);
    check_refused(folder / "missing.wav", "no such file");
    check_refused(folder.path().string(), "holds no sound files");
    write_audio(folder / "silence.wav", Audio{48000, std::vector<float>(9600), std::vector<float>(9600)});
    check_refused(folder / "silence.wav", "no pitch");
    write_channels(folder / "one.wav", 48000, 1, {0.5f});
    check_refused(folder / "one.wav", "is too short");
    std::ofstream(folder / "fake.sf2") << "RIFFxxxxWAVE and no font";
    check_refused(folder / "fake.sf2:0:0", "no SF2 or SF3 font");
    check_refused(folder / "missing.sf2:0:0", "no such file");
    if (!has_font()) return;
    check_refused(font, "which preset");
    check_refused(font + ":5:99", "near it are");
}

// libmpg123 must not print; output of other threads must not be lost.
BOOST_AUTO_TEST_CASE(broken_mp3_files_print_nothing) {
    const TemporaryFolder folder;
    const std::string head = "\xff\xfb\x90";
    std::ofstream damaged(folder / "damaged_A4.mp3", std::ios::binary), broken(folder / "broken_A4.mp3");
    for (size_t frame = 0; frame < 30; ++frame) damaged << head << std::string(1 + frame * 7, '\0') << "damage";
    broken << head << std::string(300, '\0');
    damaged.close();
    broken.close();
    const int saved_stderr = dup(STDERR_FILENO), captured = open((folder / "log").c_str(), O_CREAT | O_WRONLY, 0600);
    dup2(captured, STDERR_FILENO);
    close(captured);
    std::atomic<bool> reading = true;
    std::string other_output;
    std::thread other([&] {
        for (; reading; std::this_thread::yield()) {
            other_output += '.';
            static_cast<void>(!write(STDERR_FILENO, ".", 1));
        }
    });
    for (int again = 0; again < 20; ++again) {
        BOOST_CHECK_NO_THROW(read_audio(folder / "damaged_A4.mp3"));
        BOOST_CHECK_THROW(open_source(folder / "broken_A4.mp3"), AudioError);
    }
    reading = false;
    other.join();
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    BOOST_TEST((read_bytes(folder / "log") == other_output));
    BOOST_TEST(!other_output.empty());
}

// libfluidsynth passes it on to libinstpatch, whose assertions GLib prints.
BOOST_AUTO_TEST_CASE(a_damaged_font_is_refused_in_one_line) {
    if (!has_font()) return;
    const TemporaryFolder folder;
    std::string start(100'000, '\0');
    std::ifstream(font, std::ios::binary).read(start.data(), static_cast<std::streamsize>(start.size()));
    std::ofstream(folder / "damaged.sf2", std::ios::binary) << start;
    const int saved_stderr = dup(STDERR_FILENO), captured = open((folder / "log").c_str(), O_CREAT | O_WRONLY, 0600);
    dup2(captured, STDERR_FILENO);
    close(captured);
    check_refused(folder / "damaged.sf2:0:0", "the font is damaged");
    dup2(saved_stderr, STDERR_FILENO);
    close(saved_stderr);
    BOOST_TEST(read_bytes(folder / "log") == "");
}

BOOST_AUTO_TEST_CASE(a_font_found_by_its_bare_name_lists_its_presets) {
    if (!has_font()) return;
    const auto presets = list_presets(font);
    BOOST_TEST(presets.size() > 128u);
    BOOST_TEST(presets[73].name == "Flute");
    const auto source = open_source("FluidR3_GM.sf2:0:73");
    BOOST_TEST(source->name() == "Flute");
    const nlohmann::json from = source->provenance();
    BOOST_TEST(from["file"] == "FluidR3_GM.sf2");
    BOOST_TEST(from["preset"] == 73);
    BOOST_TEST(!from["licence"].get<std::string>().empty());
}

BOOST_AUTO_TEST_CASE(notes_of_a_font_do_not_depend_on_those_before) {
    if (!has_font()) return;
    const auto same = [](const Recording& a, const Recording& b) {
        return a.audio.left == b.audio.left && a.audio.right == b.audio.right;
    };
    for (const int program : {0, 48, 73}) {
        const auto first = open_soundfont(font, 0, program), second = open_soundfont(font, 0, program);
        const Recording low = first->note(48, 60, 0.3331, 0.2), high = first->note(72, 110, 0.5, 0.1),
                        again = first->note(48, 60, 0.3331, 0.2);
        const Recording other_high = second->note(72, 110, 0.5, 0.1), other_low = second->note(48, 60, 0.3331, 0.2);
        BOOST_TEST(same(low, again));
        BOOST_TEST(same(low, other_low));
        BOOST_TEST(same(high, other_high));
        BOOST_TEST(low.audio.frames() == 15989u + 9600u);
        BOOST_TEST(*std::ranges::max_element(low.audio.left) > 0.01f);
    }
}

BOOST_AUTO_TEST_CASE(a_font_sounds_the_same_in_two_threads) {
    if (!has_font()) return;
    const auto render = [](std::vector<float>& into) {
        const auto source = open_soundfont(font, 0, 73);
        for (const int pitch : {60, 64, 67, 72}) {
            const Recording recording = source->note(pitch, 100, 0.5, 0.2);
            into.insert(into.end(), recording.audio.left.begin(), recording.audio.left.end());
        }
    };
    std::vector<float> alone, first, second;
    render(alone);
    std::thread one([&] { render(first); }), two([&] { render(second); });
    one.join();
    two.join();
    BOOST_TEST((first == alone));
    BOOST_TEST((second == alone));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
