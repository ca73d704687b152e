// SPDX-License-Identifier: GPL-3.0-or-later
// Presets and state files saved while playing, and their exchange with other LV2 hosts.
#define BOOST_TEST_MODULE saving
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

struct Fixture : PlayerFixture {
    Fixture() {
        // The LV2 path of a usual system: the plugin, and presets in the home directory.
        if (lv2_path.empty()) lv2_path = std::getenv("LV2_PATH");
        setenv("LV2_PATH", (lv2_path + ":" + home + "/.lv2").c_str(), 1);
    }
    // The level of A4 from the player or another client, in dB relative to the default.
    double level(const std::string& client = "Timbrel", const std::string& midi = "midi_in") {
        BOOST_TEST(probe->connect(probe->midi_out(), client + ":" + midi));
        BOOST_TEST(probe->connect(client + ":out_left", probe->audio_in(0)));
        probe->play_and_record({{4800, {0x90, 69, 110}}, {30000, {0x80, 69, 0}}}, 60000);
        return db(fit_sinusoid(std::span(probe->left).subspan(10000, 15000), 440).amplitude / 0.2);
    }
    std::string home = folder.file("home");
    static inline std::string lv2_path;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(presets_work_in_other_hosts, Fixture) {
    play({"--osc", osc_port(), "--osc-save", "--set", "level=-12"});
    Phone phone(osc_port());
    phone.send("/timbrel/save", "s", "Night / \"blue\"");
    BOOST_TEST(wait_for_output(*player, "saved as the preset Night / \"blue\""), player->output());
    player->signal(SIGUSR1);
    BOOST_TEST(wait_for_output(*player, "saved as the preset Stage 1"), player->output());
    phone.send("/timbrel/param/level", "f", -6.0f);
    probe->play_and_record({}, 9600);
    player->signal(SIGUSR1);
    BOOST_TEST(wait_for_output(*player, "saved as the preset Stage 2"), player->output());
    phone.send("/timbrel/load", "s", "Stage 1");
    probe->play_and_record({}, 24000);
    BOOST_TEST(std::fabs(level() + 12) < 0.3);
    phone.send("/timbrel/load", "s", "Stage 9");
    BOOST_TEST(wait_for_output(*player, "preset Stage 9: there are"), player->output());
    player.reset();

    const std::string listed = run({"lv2info", "urn:timbrel:morph"}).out;
    for (const char* name : {"Stage 1", "Stage 2", "Night / \"blue\""})
        BOOST_TEST(listed.find(name) != std::string::npos, listed);
    start({TIMBREL, "play", "--preset", "Stage 2"}); // the preset contains its bank; none is installed
    BOOST_TEST(std::fabs(level() + 6) < 0.3);
    player.reset();
    if (!have({"jalv"})) return;
    const Child jalv({"jalv", "-n", "jalv", "-x", "-l", home + "/.lv2/Timbrel_Stage_1.preset.lv2", "urn:timbrel:morph"},
                     folder.file("jalv.log"));
    BOOST_REQUIRE_MESSAGE(probe->wait_for("jalv:out_right"), jalv.output());
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const double loaded_level = level("jalv", "control");
    // The preset contains the bank, X and Y.
    BOOST_TEST(std::fabs(loaded_level + 12) < 0.3, loaded_level << " dB; " << jalv.output());
    BOOST_TEST(third_partial(std::span(probe->left).subspan(10000, 15000)) < -60);
}

BOOST_FIXTURE_TEST_CASE(presets_with_similar_names_stay_separate, Fixture) {
    fs::create_directories(home + "/.lv2");
    fs::create_symlink("loop.lv2", home + "/.lv2/loop.lv2"); // an unreadable link
    play({"--osc", osc_port(), "--osc-save"});
    Phone phone(osc_port());
    const auto save = [&](const std::string& name, float decibels) {
        phone.send("/timbrel/param/level", "f", decibels);
        probe->play_and_record({}, 9600);
        phone.send("/timbrel/save", "s", name.c_str());
        BOOST_TEST(wait_for_output(*player, "saved as the preset " + name), player->output());
        probe->play_and_record({}, 9600);
    };
    save("Pad (soft)", -20);
    save("Pad [soft]", -12);
    phone.send("/timbrel/param/level", "f", -6.0f);
    probe->play_and_record({}, 9600);
    phone.send("/timbrel/save", "s", "Pad (soft)");
    BOOST_TEST(wait_for_output(*player, "the preset Pad (soft) exists; choose another name"), player->output());
    for (const auto& [name, expected] : {std::pair("Pad (soft)", -20.0), std::pair("Pad [soft]", -12.0)}) {
        phone.send("/timbrel/load", "s", name);
        probe->play_and_record({}, 24000);
        BOOST_TEST(std::fabs(level() - expected) < 0.3, name << ": " << player->output());
    }
    const auto bundles = std::distance(fs::directory_iterator(home + "/.lv2"), fs::directory_iterator());
    BOOST_TEST(bundles == 3);
    // A limit on file sizes simulates a full disk.
    start({"sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\"", TIMBREL, "play", bank});
    run({"prlimit", "--pid", std::to_string(player->process()), "--fsize=1024"});
    player->signal(SIGUSR1);
    BOOST_TEST(wait_for_output(*player, "cannot be written"), player->output());
    BOOST_TEST(std::distance(fs::directory_iterator(home + "/.lv2"), fs::directory_iterator()) == bundles);
}

BOOST_FIXTURE_TEST_CASE(presets_come_from_other_hosts, Fixture) {
    // A bundle as another host writes it, with other folder and file names.
    const fs::path bundle = fs::path(home) / ".lv2" / "Timbrel_From_the_studio.lv2";
    fs::create_directories(bundle);
    const std::string prefixes = "@prefix atom: <http://lv2plug.in/ns/ext/atom#> .\n"
                                 "@prefix lv2: <http://lv2plug.in/ns/lv2core#> .\n"
                                 "@prefix pset: <http://lv2plug.in/ns/ext/presets#> .\n"
                                 "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
                                 "@prefix state: <http://lv2plug.in/ns/ext/state#> .\n";
    std::ofstream(bundle / "manifest.ttl") << prefixes
                                           << "<studio.ttl> lv2:appliesTo <urn:timbrel:morph> ; a pset:Preset ; "
                                              "rdfs:seeAlso <studio.ttl> .\n";
    std::ofstream(bundle / "studio.ttl") << prefixes << "<> a pset:Preset ; lv2:appliesTo <urn:timbrel:morph> ;\n"
                                         << "rdfs:label \"From the studio\" ;\n"
                                         << "lv2:port [ lv2:symbol \"level\" ; pset:value -9.0 ] ;\n"
                                         << "state:state [ <urn:timbrel:bank> \"" << bank << "\"^^atom:Path ] .\n";
    for (const std::string& path : {lv2_path + ":" + home + "/.lv2", lv2_path}) {
        setenv("LV2_PATH", path.c_str(), 1);
        play({"--preset", "From the studio"});
        BOOST_TEST(std::fabs(level() + 9) < 0.3, player->output());
    }
}

BOOST_FIXTURE_TEST_CASE(a_state_file_is_created_and_always_complete, Fixture) {
    const std::string state = folder.file("gig.ttl");
    play({"--state", state, "--set", "level=-12"});
    BOOST_TEST(wait_for_output(*player, "gig.ttl is new"), player->output());
    BOOST_TEST(!fs::exists(state));
    player->signal(SIGUSR1);
    BOOST_TEST(wait_for_output(*player, "saved " + state), player->output());
    player->signal(SIGTERM);
    BOOST_TEST(player->wait(10) == 0);

    // Ending shortly after a save must leave a complete file.
    const std::string whole = read_file(state);
    for (int round = 0; round < 10; ++round) {
        player = std::make_unique<Child>(
            std::vector<std::string>{TIMBREL, "play", "--state", state, "--no-window", "--driver", "dummy"},
            folder.file("player.log"));
        BOOST_TEST(wait_for_output(*player, "playing"), player->output());
        player->signal(SIGUSR1);
        std::this_thread::sleep_for(std::chrono::microseconds(800 * round));
        player->signal(SIGTERM);
        BOOST_TEST(player->wait(10) == 0);
        BOOST_TEST(read_file(state) == whole);
    }
    start({TIMBREL, "play", "--state", state});
    BOOST_TEST(std::fabs(level() + 12) < 0.3);
    // A folder in the file's place is not replaced.
    fs::rename(state, state + ".kept");
    fs::create_directory(state);
    player->signal(SIGUSR1);
    BOOST_TEST(wait_for_output(*player, "gig.ttl: cannot be written"), player->output());
    BOOST_TEST(fs::is_directory(state));
    BOOST_TEST(read_file(state + ".kept") == whole);
    start({TIMBREL, "play", bank, "--state", folder.file("nowhere/gig.ttl")});
    player->signal(SIGUSR1);
    BOOST_TEST(wait_for_output(*player, "gig.ttl: cannot be written"), player->output());
    BOOST_TEST(player->alive());
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "lv2info"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
