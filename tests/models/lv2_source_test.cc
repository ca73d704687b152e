// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 instruments as corners, through the command line: Debian's mda-lv2 and setBfree, and plugins that crash.
#define BOOST_TEST_MODULE lv2_source
#include <boost/test/unit_test.hpp>

#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

using namespace timbrel::test;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
const std::string mda = "lv2:http://drobilla.net/plugins/mda/";

struct BakeFixture {
    Outcome bake(const std::vector<std::string>& corners, const std::string& output) const {
        std::vector<std::string> arguments{"LV2_PATH=" CRASHING_PLUGINS ":" LV2_FOLDERS, TIMBREL_BAKE, "bake"};
        arguments.insert(arguments.end(), corners.begin(), corners.end());
        for (const char* argument :
             {"--grid", "2", "--pitches", "60", "--velocities", "50,110", "--seconds", "1", "-o"})
            arguments.push_back(argument);
        arguments.push_back(output);
        return run(arguments);
    }

    void check_refused(const std::string& source, const std::vector<std::string>& texts) const {
        const Outcome outcome = bake({"--line", source, font + ":0:73"}, bank);
        BOOST_TEST(outcome.status == 1);
        BOOST_TEST(outcome.out == "");
        BOOST_TEST(std::count(outcome.err.begin(), outcome.err.end(), '\n') == 1, outcome.err);
        for (const std::string& text : texts) BOOST_TEST(outcome.err.find(text) != std::string::npos, outcome.err);
        BOOST_TEST(!std::filesystem::exists(bank));
    }

    TemporaryFolder folder;
    std::string bank = folder.file("bank.timbrel"), song = folder.file("song.mid"), out = folder.file("out.wav");
};

} // namespace

BOOST_FIXTURE_TEST_CASE(two_of_four_corners_are_plugins_and_the_bank_plays, BakeFixture) {
    const std::vector<std::string> corners{
        "--nw", mda + "DX10#Jazz E.Piano", "--ne", mda + "JX10", "--sw", font + ":0:73", "--se", font + ":0:48"};
    const Outcome baked = bake(corners, bank);
    BOOST_REQUIRE_MESSAGE(baked.status == 0, baked.err);
    const Outcome info = run({TIMBREL, "info", bank, "--json"});
    const auto about = nlohmann::json::parse(info.out)["metadata"]["corners"];
    BOOST_TEST(about[0]["name"] == "Jazz E.Piano");
    BOOST_TEST(about[0]["source"]["preset"] == "Jazz E.Piano");
    BOOST_TEST(about[0]["source"]["plugin"] == "MDA DX10");
    BOOST_TEST(about[0]["source"]["licence"].get<std::string>().find("gpl") != std::string::npos);
    BOOST_TEST(about[1]["name"] == "MDA JX10");
    // JX10 assumes 44.1 kHz at any rate, so it is out of tune; the other corners are in tune.
    BOOST_TEST(baked.err.find("MDA JX10 sounds +14") != std::string::npos, baked.err);
    BOOST_TEST(baked.err.find("pitches: 1, from C4 to C4; velocities: 2; cells: 4;") != std::string::npos, baked.err);
    BOOST_TEST(std::count(baked.err.begin(), baked.err.end(), '\n') == 2, baked.err);

    write_song(song, {{0, 800, 60, 110}});
    for (const auto& [x, y] : {std::pair("0", "1"), {"1", "1"}, {"0.5", "0.5"}}) {
        const Outcome rendered = run({TIMBREL, "render", bank, song, "-o", out, "--x", x, "--y", y});
        BOOST_REQUIRE_MESSAGE(rendered.status == 0, rendered.err);
        const SoundFile sound(out);
        BOOST_TEST(peak(sound.left) > 0.01);
        BOOST_TEST(std::abs(cents(find_sinusoid(sound.part(0.2, 0.5), key_hertz(60)).hertz, key_hertz(60))) < 5.0);
    }

    const std::string again = folder.file("again/bank.timbrel");
    std::filesystem::create_directory(folder.file("again"));
    BOOST_TEST(bake(corners, again).status == 0);
    BOOST_TEST((read_file(again) == read_file(bank)));
}

BOOST_FIXTURE_TEST_CASE(midi_programs_of_a_plugin_are_corners, BakeFixture) {
    const std::string organ = "lv2:http://gareus.org/oss/lv2/b_synth#program ";
    check_refused(organ + "128", {"program 128", "0 to 127"});
    // Drawbars 88 8000 000 and 00 8000 000: with the lower octave and without.
    const Outcome baked = bake({"--line", organ + "4", organ + "22"}, bank);
    BOOST_REQUIRE_MESSAGE(baked.status == 0, baked.err);
    write_song(song, {{0, 800, 60, 110}});
    const auto lower_octave = [&](const char* x) {
        BOOST_REQUIRE(run({TIMBREL, "render", bank, song, "-o", out, "--x", x}).status == 0);
        const SoundFile sound(out);
        const auto level = [&](double hertz) { return db(fit_sinusoid(sound.part(0.2, 0.5), hertz).amplitude); };
        return level(key_hertz(48)) - level(key_hertz(60));
    };
    BOOST_TEST(lower_octave("0") > lower_octave("1") + 20);
}

BOOST_FIXTURE_TEST_CASE(what_is_no_instrument_is_refused_in_one_line, BakeFixture) {
    check_refused("lv2:urn:nobody:has:this", {"urn:nobody:has:this", "lv2ls"});
    check_refused(mda + "DX10#Bassoon", {"Bassoon", "Jazz E.Piano"});
    check_refused(mda + "Delay", {"no instrument"});
}

BOOST_FIXTURE_TEST_CASE(a_plugin_that_crashes_ends_in_one_line, BakeFixture) {
    check_refused("lv2:urn:timbrel:test:crashes-on-load", {"crashes-on-load", "crashed", "loaded"});
    check_refused("lv2:urn:timbrel:test:crashes-on-playing", {"crashes-on-playing", "crashed", "played"});
}
