// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI file input: running status, system exclusive and program changes; also the tuning options.
#define BOOST_TEST_MODULE song_midi
#include <boost/test/unit_test.hpp>

#include "host/render/midi_file.h"
#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <filesystem>
#include <fstream>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

// A string of bytes, which may include NUL.
template<size_t size>
std::string bytes(const char (&text)[size]) {
    return {text, size - 1};
}

struct Fixture {
    Fixture() { write_tone_bank(bank); }
    Outcome render(std::vector<std::string> options = {}) const {
        std::vector<std::string> command{TIMBREL, "render", bank, song, "-o", out, "--x", "0", "--y", "0"};
        command.insert(command.end(), options.begin(), options.end());
        return run(command);
    }
    void check_renders(std::vector<std::string> options = {}) const {
        const Outcome outcome = render(std::move(options));
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    }
    void check_refused(std::vector<std::string> options, int status, const std::string& text) const {
        const Outcome outcome = render(std::move(options));
        BOOST_TEST(outcome.status == status);
        BOOST_TEST(outcome.err.find(text) != std::string::npos, outcome.err);
        BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
        BOOST_TEST(!fs::exists(out));
    }
    void check_hertz(double seconds, double expected) const {
        const double hertz = find_sinusoid(SoundFile(out).part(seconds, 0.2), expected).hertz;
        BOOST_TEST(std::fabs(cents(hertz, expected)) < 0.1, hertz << " Hz for " << expected);
    }
    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), song = folder.file("song.mid"), out = folder.file("out.wav");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(running_status_and_note_ons_that_are_offs, Fixture) {
    // Two notes that end by note-ons with velocity 0, and two controllers, with running status.
    write_track(song, bytes("\x00\x90\x45\x6e\x64\x45\x00\x64\x48\x6e\x64\x48\x00\x00\xb0\x07\x40\x00\x0b\x40"));
    const auto events = timbrel::host::read_song(song).events;
    BOOST_REQUIRE(events.size() == 6u);
    const int expected[6][3] = {{0x90, 69, 110}, {0x90, 69, 0}, {0x90, 72, 110},
                                {0x90, 72, 0},   {0xb0, 7, 64}, {0xb0, 11, 64}};
    for (size_t i = 0; i < 6; ++i) {
        BOOST_REQUIRE(events[i].bytes.size() == 3u);
        for (size_t byte = 0; byte < 3; ++byte)
            BOOST_TEST(std::to_integer<int>(events[i].bytes[byte]) == expected[i][byte]);
    }
}

BOOST_FIXTURE_TEST_CASE(tunings_in_a_song_are_audible, Fixture) {
    // A4; after half a second a real-time single-note tuning change raises it by 1.5 semitones.
    write_track(song, bytes("\x00\x90\x45\x6e\x83\x74\xf0\x0b\x7f\x7f\x08\x02\x00\x01\x45\x46\x40\x00\xf7"
                            "\x83\x74\x80\x45\x00"));
    check_renders();
    check_hertz(0.2, 440);
    check_hertz(0.7, key_hertz(70) * std::exp2(0.5 / 12));
}

BOOST_FIXTURE_TEST_CASE(a_songs_program_changes_choose_among_the_banks, Fixture) {
    fs::create_directory(folder.file("banks"));
    write_tone_bank(folder.file("banks/a_soft.timbrel"), 0.02);
    write_tone_bank(folder.file("banks/b_loud.timbrel"), 0.4);
    setenv("TIMBREL_BANKS", folder.file("banks").c_str(), 1);
    // A note on the given bank; one on the folder's first bank, selected in the same tick; a change to the second
    // during that note; a program without a bank.
    write_track(song, bytes("\x00\x90\x45\x6e\x83\x74\x80\x45\x00\x83\x74\xc0\x00\x00\x90\x45\x6e\x83\x74\xc0\x01"
                            "\x83\x74\x80\x45\x00\x83\x74\xc0\x55\x00\x90\x45\x6e\x87\x68\x80\x45\x00"));
    check_renders({"--float", "--programs"});
    const SoundFile sound(out);
    const auto level = [&](double at) { return db(fit_sinusoid(sound.part(at, 0.2), 440).amplitude); };
    BOOST_TEST(std::fabs(level(0.2) - db(0.2)) < 0.1);
    BOOST_TEST(std::fabs(level(1.1) - db(0.02)) < 0.1);
    BOOST_TEST(std::fabs(level(1.7) - db(0.02)) < 0.1); // sounding notes keep their bank
    BOOST_TEST(std::fabs(level(2.7) - db(0.4)) < 0.1);
    for (const char* block : {"1", "1024"}) {
        check_renders({"--float", "--programs", "--block", block});
        const SoundFile other(out);
        BOOST_REQUIRE(other.left.size() == sound.left.size());
        double max_difference = 0;
        for (size_t i = 0; i < sound.left.size(); ++i)
            max_difference = std::max(max_difference, std::fabs(double{sound.left[i]} - other.left[i]));
        BOOST_TEST(max_difference < 5e-6, "block " << block << ": " << max_difference);
    }
}

BOOST_FIXTURE_TEST_CASE(tuning_files_are_audible_and_bad_ones_refused, Fixture) {
    const std::string scale = folder.file("just.scl"), map = folder.file("white.kbm");
    std::ofstream(scale) << "just\n7\n9/8\n5/4\n4/3\n3/2\n5/3\n15/8\n2/1\n";
    std::ofstream(map) << "12\n0\n127\n60\n69\n440.0\n7\n0\nx\n1\nx\n2\n3\nx\n4\nx\n5\nx\n6\n";
    write_song(song, {{0, 900, 64, 110}, {1000, 900, 61, 110}});
    check_renders({"--tuning", scale});
    check_hertz(0.5, key_hertz(60) * 1.5); // the fifth step above middle C
    check_renders({"--tuning", scale, "--keyboard-map", map});
    check_hertz(0.5, 440.0 * 5 / 4 * 3 / 5);                // E, a third above C
    BOOST_TEST(peak(SoundFile(out).part(1.5, 0.2)) < 1e-4); // a black key
    fs::remove(out);
    check_refused({"--tuning", folder.file("none.scl")}, 1, "none.scl");
    check_refused({"--tuning", map}, 1, "white.kbm, line 2");
    check_refused({"--tuning", scale, "--keyboard-map", scale}, 1, "just.scl, line 1");
    check_refused({"--keyboard-map", map}, 2, "--tuning");
}

BOOST_FIXTURE_TEST_CASE(banks_are_listed_with_their_program_numbers, Fixture) {
    const Outcome outcome = run({"TIMBREL_BANKS=" + fs::path(bank).parent_path().string(), "XDG_DATA_HOME=/nowhere",
                                 "XDG_DATA_DIRS=/nowhere", TIMBREL, "play", "--list-banks"});
    BOOST_TEST(outcome.status == 0);
    BOOST_TEST(outcome.out == "  1  tones  " + bank + "\n");
}
