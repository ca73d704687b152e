// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel render`, `info` and `doctor`, run as programs.
#define BOOST_TEST_MODULE render
#include <boost/test/unit_test.hpp>

#include "plugin/engine/core/engine_limits.h"
#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include <sys/stat.h>

using namespace timbrel::test;
using timbrel::engine::tick_frames;
namespace fs = std::filesystem;

namespace {

struct Fixture {
    Fixture() {
        write_tone_bank(bank);
        write_song(song, {{500, 800, 69, 110}, {1500, 800, 62, 110}, {2500, 800, 81, 110}});
    }

    Outcome render(std::vector<std::string> options, std::string to = "") const {
        std::vector<std::string> command{TIMBREL, "render", bank, song, "-o", to.empty() ? out : to};
        command.insert(command.end(), options.begin(), options.end());
        return run(command);
    }

    // Checks that a command failed with one line containing all of these texts and left no output file.
    void check_refused(const Outcome& outcome, int status, std::vector<std::string> texts) const {
        BOOST_TEST(outcome.status == status);
        BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
        for (const std::string& text : texts) BOOST_TEST(outcome.err.find(text) != std::string::npos, outcome.err);
        BOOST_TEST(!fs::exists(out));
        BOOST_TEST(no_part_in(fs::path(out).parent_path()));
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), song = folder.file("song.mid"), out = folder.file("out.wav");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(notes_begin_on_their_frame_and_in_tune, Fixture) {
    const Outcome outcome = render({"--x", "0", "--y", "0", "--float"});
    BOOST_TEST(outcome.status == 0, outcome.err);
    BOOST_TEST(outcome.err == "");
    const SoundFile sound(out);
    BOOST_TEST(sound.rate == 48000);
    BOOST_TEST(onset(sound.left, 0.05f) == 24000u);
    BOOST_TEST(onset(sound.part(1.4, 0.5), 0.05f) == 4800u, boost::test_tools::tolerance(0.0002));
    for (const auto& [seconds, key] : {std::pair(0.6, 69), std::pair(1.6, 62), std::pair(2.6, 81)})
        BOOST_TEST(std::fabs(cents(find_sinusoid(sound.part(seconds, 0.5), key_hertz(key)).hertz, key_hertz(key))) <
                   3.0);
    // The release is rendered to its end.
    BOOST_TEST(peak(sound.part(3.25, 0.04)) > 0.05);
    BOOST_TEST(peak(std::span(sound.left).last(4800)) < 2e-5);
    BOOST_TEST(sound.left.size() < 48000u * 5);
}

BOOST_FIXTURE_TEST_CASE(the_block_size_does_not_matter, Fixture) {
    std::ofstream(folder.file("path.csv")) << "# there and back\n0,0,0\n2, 1, 1\n\n3.5,0,0.5\n";
    const auto with_block = [&](const char* block) {
        const Outcome outcome = render({"--xy", folder.file("path.csv"), "--float", "--block", block});
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
        return SoundFile(out);
    };
    const SoundFile reference = with_block("64");
    for (const char* block : {"256", "1024", "1", "77"}) {
        const SoundFile sound = with_block(block);
        BOOST_REQUIRE(sound.left.size() == reference.left.size());
        double max_difference = 0;
        for (size_t i = 0; i < sound.left.size(); ++i)
            max_difference = std::max(max_difference, std::fabs(double{sound.left[i]} - reference.left[i]) +
                                                          std::fabs(double{sound.right[i]} - reference.right[i]));
        // Blocks that split engine ticks round differently, by less than −110 dB.
        BOOST_TEST(max_difference <= (std::atoi(block) % int{timbrel::engine::tick_frames} == 0 ? 0.0 : 2e-6),
                   "block " << block << ": " << max_difference);
    }
}

BOOST_FIXTURE_TEST_CASE(the_path_changes_the_spectrum, Fixture) {
    write_song(song, {{0, 4000, 69, 110}});
    std::ofstream(folder.file("path.csv")) << "0,0,0\n1,0,0\n3,1,0\n4,1,0\n";
    BOOST_TEST(render({"--xy", folder.file("path.csv")}).status == 0);
    const SoundFile sound(out);
    const auto third = [&](double at) {
        return db(fit_sinusoid(sound.part(at, 0.2), 1320).amplitude / fit_sinusoid(sound.part(at, 0.2), 440).amplitude);
    };
    BOOST_TEST(third(0.5) < -60);
    BOOST_TEST(std::fabs(third(2.0) + 6.0) < 1.0); // half way to the east
    BOOST_TEST(std::fabs(third(3.5)) < 0.2);
    BOOST_TEST(largest_step(sound.part(0.1, 3.8)) < 0.15);
}

// A long song, so that the bank changes before it ends.
BOOST_FIXTURE_TEST_CASE(a_bank_that_changes_ends_the_rendering, Fixture) {
    write_song(song, {{0, 3 * 3600 * 1000, 69, 110}});
    Child rendering({TIMBREL, "render", bank, song, "-o", out}, folder.file("output"));
    const auto is_loaded = [&] { // its frames take memory
        std::ifstream status("/proc/" + std::to_string(rendering.process()) + "/status");
        for (std::string name; status >> name;)
            if (long kilobytes = 0; name == "RssAnon:" && status >> kilobytes)
                return kilobytes * 1024 > static_cast<long>(fs::file_size(bank));
        return false;
    };
    for (int i = 0; i < 2000 && !is_loaded(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_REQUIRE(is_loaded());
    fs::resize_file(bank, 5000);
    BOOST_TEST(rendering.wait(60) == 1);
    BOOST_TEST(rendering.output().find(bank + ": changed on the disk") != std::string::npos, rendering.output());
    BOOST_TEST(!fs::exists(out));
    BOOST_TEST(no_part_in(fs::path(out).parent_path()));
}

BOOST_FIXTURE_TEST_CASE(settings_and_rates_are_audible, Fixture) {
    BOOST_TEST(render({"--x", "0", "--y", "0"}).status == 0);
    const double loud = fit_sinusoid(SoundFile(out).part(0.6, 0.5), 440).amplitude;
    BOOST_TEST((SoundFile(out).format & SF_FORMAT_SUBMASK) == SF_FORMAT_PCM_24);
    BOOST_TEST(render({"--x", "0", "--y", "0", "--set", "level=-12", "--rate", "96000"}).status == 0);
    const SoundFile sound(out);
    BOOST_TEST(sound.rate == 96000);
    BOOST_TEST(std::fabs(db(fit_sinusoid(sound.part(0.6, 0.5), 440, 96000).amplitude / loud) + 12.0) < 0.1);
}

BOOST_FIXTURE_TEST_CASE(presets_are_audible, Fixture) {
    BOOST_TEST(render({"--x", "0", "--y", "0", "--preset", "Plucked"}).status == 0);
    const SoundFile sound(out);
    BOOST_TEST(peak(sound.part(0.5, 0.1)) > 0.1);
    BOOST_TEST(peak(sound.part(1.2, 0.1)) < 0.01);
    fs::remove(out);
    check_refused(render({"--preset", "Trombone"}), 2, {"Trombone", "Plucked"});
}

BOOST_FIXTURE_TEST_CASE(bad_inputs_get_one_clear_line, Fixture) {
    check_refused(run({TIMBREL, "render", folder.file("none.timbrel"), song, "-o", out}), 1, {"none.timbrel"});
    const std::string text = folder.file("text.mid");
    std::ofstream(text) << "this is no song, only a text of some length\n";
    check_refused(run({TIMBREL, "render", bank, text, "-o", out}), 1, {"text.mid", "MIDI"});
    std::ofstream(text, std::ios::binary) << read_file(song).substr(0, 30);
    check_refused(run({TIMBREL, "render", bank, text, "-o", out}), 1, {"text.mid"});
    check_refused(run({TIMBREL, "render", bank, folder.file("none.mid"), "-o", out}), 1, {"none.mid"});
    const std::string cut = folder.file("cut.timbrel");
    std::ofstream(cut, std::ios::binary) << read_file(bank).substr(0, fs::file_size(bank) / 2);
    check_refused(run({TIMBREL, "render", cut, song, "-o", out}), 1, {"cut.timbrel"});
    check_refused(render({}, folder.file("no/such/out.wav")), 1, {"out.wav"});
    for (const char* line :
         {"0,nan,0\n", "0,0.5\n", "0,0,2\n", "1,0,0\n0,1,1\n", "# nothing\n", "0 0 0\n", "0,0,0,0\n"}) {
        std::ofstream(folder.file("path.csv")) << line;
        check_refused(render({"--xy", folder.file("path.csv")}), 1, {"path.csv"});
    }
}

BOOST_FIXTURE_TEST_CASE(a_full_disk_leaves_no_half_file, Fixture) {
    // A limit on file sizes simulates a full disk.
    check_refused(
        run({"sh", "-c", "trap '' XFSZ; ulimit -f 100; exec \"$0\" \"$@\"", TIMBREL, "render", bank, song, "-o", out}),
        1, {"out.wav"});
}

BOOST_FIXTURE_TEST_CASE(wrong_usage_is_status_2, Fixture) {
    check_refused(render({"--set", "sparkle=1"}), 2, {"sparkle", "level"});
    check_refused(render({"--set", "level=loud"}), 2, {"level=loud"});
    check_refused(render({"--set", "level=100"}), 2, {"-60", "12"});
    check_refused(render({"--x", "2"}), 2, {"--x"});
    check_refused(render({"--block", "0"}), 2, {"--block"});
    check_refused(run({TIMBREL, "fly"}), 2, {});
    BOOST_TEST(run({TIMBREL, "--help"}).status == 0);
    BOOST_TEST(run({TIMBREL, "render", "--help"}).out.find("--xy") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(info_describes_and_verifies, Fixture) {
    const Outcome report = run({TIMBREL, "info", bank, "--verify"});
    BOOST_TEST(report.status == 0, report.err);
    BOOST_TEST(report.out.find("3 × 3") != std::string::npos, report.out);
    BOOST_TEST(report.out.find("synthetic") != std::string::npos, report.out);
    const auto json = nlohmann::json::parse(run({TIMBREL, "info", bank, "--json"}).out);
    BOOST_TEST(json["columns"].get<int>() == 3);
    BOOST_TEST(json["pitches"].size() == 4u);
    BOOST_TEST(json["id"].get<std::string>().size() == 16u);

    std::fstream file(bank, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-1000, std::ios::end);
    file.put('\x55').put('\x2a').put('\x55');
    file.close();
    BOOST_TEST(run({TIMBREL, "info", bank}).status == 0);
    check_refused(run({TIMBREL, "info", bank, "--verify"}), 1, {"tones.timbrel"});
}

BOOST_FIXTURE_TEST_CASE(banks_are_found_by_name_in_the_folders, Fixture) {
    const std::string banks_variable = "TIMBREL_BANKS=" + fs::path(bank).parent_path().string();
    BOOST_TEST(run({banks_variable, TIMBREL, "info", "tones"}).status == 0);
    BOOST_TEST(run({banks_variable, TIMBREL, "info", "tones.timbrel"}).status == 0);
    BOOST_TEST(run({banks_variable, TIMBREL, "info", "bells"}).status == 1);
}

BOOST_FIXTURE_TEST_CASE(offline_commands_run_timbrel_bake, Fixture) {
    // timbrel-bake is neither next to this copy of the program nor on this PATH.
    const std::string copy = folder.file("timbrel");
    fs::copy_file(TIMBREL, copy);
    check_refused(run({"PATH=/nowhere", copy, "bake"}), 1, {"timbrel-bake", "bake"});
    const std::string bake_program = folder.file("timbrel-bake");
    std::ofstream(bake_program) << "#!/bin/sh\necho \"$@\"\nexit 3\n";
    chmod(bake_program.c_str(), 0755);
    const Outcome outcome = run({copy, "bake", "--nw", "a b"});
    BOOST_TEST(outcome.status == 3);
    BOOST_TEST(outcome.out == "bake --nw a b\n");
}

BOOST_FIXTURE_TEST_CASE(the_doctor_reports_findings_and_fixes, Fixture) {
    const std::string banks_variable = "TIMBREL_BANKS=" + fs::path(bank).parent_path().string();
    const Outcome outcome = run({banks_variable, "JACK_DEFAULT_SERVER=timbrel-nowhere", TIMBREL, "doctor", "--json"});
    BOOST_TEST(outcome.status == 1);
    BOOST_TEST(outcome.err == "");
    std::map<std::string, nlohmann::json> findings;
    for (const auto& finding : nlohmann::json::parse(outcome.out)) findings[finding["what"]] = finding;
    BOOST_TEST(findings.at("plugin")["well"].get<bool>());
    BOOST_TEST(findings.at("banks")["found"].get<std::string>().find("tones") != std::string::npos);
    BOOST_TEST(!findings.at("JACK")["well"].get<bool>());
    BOOST_TEST(findings.at("JACK")["mend"].get<std::string>().find("jackd") != std::string::npos);
    std::ofstream(folder.file("broken.timbrel")) << "no bank";
    BOOST_TEST(run({banks_variable, TIMBREL, "doctor"}).out.find("broken.timbrel") != std::string::npos);
}
