// SPDX-License-Identifier: GPL-3.0-or-later
// Songs, paths and tunings as other programs write them, whole and damaged, rendered: the sound and the message.
#define BOOST_TEST_MODULE foreign_files
#include <boost/test/unit_test.hpp>

#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

struct Fixture {
    Fixture() { write_tone_bank(bank); }

    static std::string data(const std::string& name) { return std::string(HOST_TEST_DATA) + "/" + name; }

    Outcome render(const std::string& song, std::vector<std::string> options = {}) const {
        fs::remove(out);
        std::vector<std::string> command{TIMBREL, "render", bank, song, "-o", out, "--float"};
        command.insert(command.end(), options.begin(), options.end());
        return run(command);
    }

    // Renders a song at X = 0 and returns standard error.
    std::string play(const std::string& song, std::vector<std::string> options = {"--x", "0", "--y", "0"}) const {
        const Outcome outcome = render(song, std::move(options));
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, song << ": " << outcome.err);
        return outcome.err;
    }

    // Checks that one key sounds in this quarter of a second, and nothing else as loud.
    void check_key(double seconds, int key) const {
        const SoundFile sound(out);
        BOOST_REQUIRE(sound.left.size() > static_cast<size_t>((seconds + 0.25) * 48000));
        const auto part = sound.part(seconds, 0.25);
        const auto partial = find_sinusoid(part, key_hertz(key));
        BOOST_TEST(std::fabs(cents(partial.hertz, key_hertz(key))) < 3.0, "key " << key << " at " << seconds << " s");
        BOOST_TEST(partial.amplitude > 0.1, "key " << key << " at " << seconds << " s");
    }

    void check_three_crotchets(double beat) const {
        int key = 60;
        for (double start = 0; key != 0; start += beat, key = key == 60 ? 64 : key == 64 ? 67 : 0)
            check_key(start + 0.2, key);
        BOOST_TEST(static_cast<double>(SoundFile(out).left.size()) / 48000 < 3 * beat + 1.5);
    }

    static void check_one_line(const std::string& text, const std::string& part) {
        BOOST_TEST(std::ranges::count(text, '\n') == 1, text);
        BOOST_TEST(text.find(part) != std::string::npos, text);
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), out = folder.file("out.wav"), song = folder.file("song.mid");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(valid_songs_play_without_a_message, Fixture) {
    for (const char* name :
         {"plain", "text_300", "seqspec_200", "text_midway_200", "sysex_continued", "escaped_f7", "sysex_300",
          "running_after_meta", "unknown_chunk_between", "garbage_after", "smpte_25x40", "riff_rmid"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(play(data("midi/" + std::string(name) + ".mid")) == "");
            check_three_crotchets(0.5);
        }
    }
    BOOST_TEST(play(data("midi/tempo_after_copyright_200.mid")) == "");
    check_three_crotchets(1);
    BOOST_TEST(play(data("midi/split_sysex_smf_example.mid")) == "");
    check_key(1.5625 + 0.2, 60); // after 300 ticks of 96
    BOOST_TEST(peak(SoundFile(out).part(0, 1.55)) < 1e-4);
}

BOOST_FIXTURE_TEST_CASE(damaged_songs_play_as_far_as_they_are_whole, Fixture) {
    const std::pair<const char*, const char*> songs[] = {{"no_end_of_track", "a track without its end"},
                                                         {"track_len_short", "a track of wrong length"},
                                                         {"running_after_sysex", "running status after a system"}};
    for (const auto& [name, fault] : songs) {
        BOOST_TEST_CONTEXT(name) {
            const std::string output = play(data("midi/" + std::string(name) + ".mid"));
            check_one_line(output, fault);
            check_one_line(output, ".mid: damaged: ");
            check_one_line(output, "; the rest is played");
            check_three_crotchets(0.5);
        }
    }
    check_one_line(play(data("midi/fuzzed_abort.mid")), "a track that breaks off; the rest is played");
    check_key(0.2, 60);
    BOOST_TEST(peak(SoundFile(out).part(1.5, 1)) < 1e-4);
}

BOOST_FIXTURE_TEST_CASE(a_song_that_cannot_be_timed_is_refused_with_the_reason, Fixture) {
    const Outcome outcome = render(data("midi/division_zero.mid"));
    BOOST_TEST(outcome.status == 1);
    check_one_line(outcome.err, "division_zero.mid: no time base: its header gives 0 ticks for each quarter note");
    BOOST_TEST(!fs::exists(out));
    // A note that is released after the longest time that one event can wait.
    write_track(song, std::string("\x00\x90\x45\x6e\xff\xff\xff\x7f\x80\x45\x00", 11));
    const Outcome long_song = render(song);
    BOOST_TEST(long_song.status == 1);
    check_one_line(long_song.err, "song.mid: lasts 75 hours; songs may last 24");
    BOOST_TEST(!fs::exists(out));
}

BOOST_FIXTURE_TEST_CASE(a_song_without_notes_is_reported, Fixture) {
    write_track(song, std::string("\x00\xb0\x07\x64\x64\xb0\x07\x64", 8));
    check_one_line(play(song), "song.mid: has no notes to play");
}

BOOST_FIXTURE_TEST_CASE(notes_struck_again_sound_alike_in_either_order, Fixture) {
    BOOST_TEST(play(data("midi/off_before_on.mid")) == "");
    const SoundFile reference(out);
    for (const double end : {0.48, 0.98, 1.48, 1.98})
        BOOST_TEST(fit_sinusoid(reference.part(end - 0.2, 0.2), key_hertz(60)).amplitude > 0.1);
    BOOST_TEST(play(data("midi/on_before_off.mid")) == "");
    BOOST_TEST((SoundFile(out).left == reference.left));
}

BOOST_FIXTURE_TEST_CASE(the_named_bank_stays_unless_programs_are_asked_for, Fixture) {
    fs::create_directory(folder.file("banks"));
    write_tone_bank(folder.file("banks/soft.timbrel"), 0.02);
    setenv("TIMBREL_BANKS", folder.file("banks").c_str(), 1);
    const auto level = [&] { return fit_sinusoid(SoundFile(out).part(0.2, 0.2), key_hertz(60)).amplitude; };
    for (const char* name : {"midi/gm_program0.mid", "midi/gm_drums_prog.mid"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(play(data(name)) == "");
            BOOST_TEST(level() > 0.1);
            BOOST_TEST(play(data(name), {"--x", "0", "--y", "0", "--programs"}) == "");
            BOOST_TEST(level() < 0.03);
            BOOST_TEST(play(data(name), {"--x", "0", "--y", "0", "--programs", "--skip-channels", "10"}) == "");
            BOOST_TEST((level() > 0.1) == (std::string(name) == "midi/gm_drums_prog.mid"));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(channels_can_be_left_out, Fixture) {
    write_messages(song, {{0, {0x90, 60, 110}}, {0, {0x99, 72, 110}}, {0, {0x92, 67, 110}}, {900, {0x80, 60, 0}}});
    const auto level = [&](int key) { return fit_sinusoid(SoundFile(out).part(0.3, 0.4), key_hertz(key)).amplitude; };
    play(song);
    for (const int key : {60, 67, 72}) BOOST_TEST(level(key) > 0.1);
    for (const std::vector<std::string>& options :
         {std::vector<std::string>{"--x", "0", "--y", "0", "--skip-channels", "3,10"},
          {"--x", "0", "--y", "0", "--skip-channels", "10", "--skip-channels", "3"}}) {
        BOOST_TEST(play(song, options) == "");
        BOOST_TEST(level(60) > 0.1);
        BOOST_TEST(level(67) < 2e-3);
        BOOST_TEST(level(72) < 2e-3);
    }
    check_one_line(play(song, {"--skip-channels", "1,3,10"}), "has no notes to play");
    BOOST_TEST(render(song, {"--skip-channels", "17"}).status == 2);
}

BOOST_FIXTURE_TEST_CASE(paths_of_spreadsheets_are_read, Fixture) {
    write_song(song, {{0, 1500, 69, 110}});
    std::ofstream(folder.file("plain.csv")) << "0,0.1,0.9\n1,0.9,0.1\n";
    play(song, {"--xy", folder.file("plain.csv")});
    const SoundFile reference(out);
    const auto third = [&](double at) { return fit_sinusoid(reference.part(at, 0.1), 1320).amplitude; };
    BOOST_TEST(third(1.2) > 2 * third(0.05)); // it does move
    for (const char* name : {"bom", "german", "header", "semicolon"}) {
        BOOST_TEST_CONTEXT(name) {
            BOOST_TEST(play(song, {"--xy", data("xy/" + std::string(name) + ".csv")}) == "");
            BOOST_TEST((SoundFile(out).left == reference.left));
        }
    }
}

BOOST_FIXTURE_TEST_CASE(ambiguous_paths_are_refused_with_the_reason, Fixture) {
    write_song(song, {{0, 500, 69, 110}});
    const std::string path = folder.file("path.csv");
    const std::pair<const char*, const char*> paths[] = {
        {"0,0,1,0,9\n",
         "path.csv:1: commas separate more than three columns; with decimal commas separate the columns"},
        {"0;0,1;0.9\n", "path.csv:1: points and commas are mixed"},
        {"0;0,1;0,9\n1.000;0,1;0,9\n", "path.csv:2: points and commas are mixed"},
        {"x;y;time\n0;0;0\n", "path.csv:1: expected the columns seconds,x,y"},
        {"time,x,y\ntime,x,y\n", "path.csv:2: expected three numbers"},
        {"time,x,y\n", "path.csv: contains no points"}};
    for (const auto& [text, reason] : paths) {
        std::ofstream(path) << text;
        const Outcome outcome = render(song, {"--xy", path});
        BOOST_TEST(outcome.status == 1);
        check_one_line(outcome.err, reason);
        BOOST_TEST(!fs::exists(out));
    }
}

BOOST_FIXTURE_TEST_CASE(tunings_with_foreign_line_ends_are_read, Fixture) {
    write_song(song, {{0, 900, 62, 110}});
    std::ofstream(folder.file("blanks.scl"), std::ios::binary)
        << "! j.scl\n!\n\n 5\n!\n\n 9 / 8 a tone\n 5/ 4\n\n3 /2\n 5/3\n 2/1\n";
    std::vector<std::string> files{folder.file("blanks.scl")};
    for (const char* name : {"bom", "cr_only", "crcrlf", "crlf"})
        files.push_back(data("scala/" + std::string(name) + ".scl"));
    for (const std::string& file : files) {
        BOOST_TEST_CONTEXT(file) {
            BOOST_TEST(play(song, {"--x", "0", "--y", "0", "--tuning", file}) == "");
            // Two keys above C4: 5/4.
            const double hertz = find_sinusoid(SoundFile(out).part(0.3, 0.4), key_hertz(60) * 1.25).hertz;
            BOOST_TEST(std::fabs(cents(hertz, key_hertz(60) * 1.25)) < 0.2);
        }
    }
}

BOOST_FIXTURE_TEST_CASE(repeated_float_files_are_identical, Fixture) {
    write_song(song, {{0, 300, 69, 110}});
    play(song);
    const std::string first = read_file(out);
    std::this_thread::sleep_for(std::chrono::milliseconds(1100)); // a PEAK chunk would contain the second
    play(song);
    BOOST_TEST((read_file(out) == first));
}
