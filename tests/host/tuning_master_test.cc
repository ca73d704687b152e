// SPDX-License-Identifier: GPL-3.0-or-later
// Player and renderer as clients of a tuning master in another process. Needs the stand-in's library; see
// mts_stand_in.h.
#define BOOST_TEST_MODULE host_tuning_master
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"
#include "tests/plugin/support/mts_stand_in.h"

#include <filesystem>
#include <fstream>

using namespace timbrel::test;

namespace {

struct Fixture : MtsMaster, PlayerFixture {
    void check_pitch(double pitch) const {
        probe->play_and_record({}, 24000);
        const Sinusoid tone = find_sinusoid(std::span(probe->left).last(12000), hertz(pitch));
        BOOST_TEST(std::fabs(cents(tone.hertz, hertz(pitch))) < 1);
    }
    // The rendering of one note, with further words in front of the command.
    std::string rendered(const std::vector<std::string>& environment, const std::vector<std::string>& options = {}) {
        std::vector<std::string> command = environment;
        for (const std::string& word : {std::string(TIMBREL), std::string("render"), bank, folder.file("song.mid"),
                                        std::string("-o"), folder.file("out.wav")})
            command.push_back(word);
        command.insert(command.end(), options.begin(), options.end());
        const Outcome outcome = run(command);
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
        BOOST_TEST(outcome.err == "");
        return read_file(folder.file("out.wav"));
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_player_follows_and_says_so, Fixture) {
    shift(0.3);
    play();
    probe->play_and_record({{0, {0x90, 69, 110}}}, 24000);
    check_pitch(69.3);
    BOOST_TEST(wait_for_output(*player, "tuned by MTS-ESP"));
    shift(-0.2); // while the note sounds
    check_pitch(68.8);
    tables().has_master = false;
    check_pitch(69);
    BOOST_TEST(wait_for_output(*player, "no longer tuned by MTS-ESP"));
}

BOOST_FIXTURE_TEST_CASE(a_tuning_file_comes_first, Fixture) {
    shift(0.3);
    std::ofstream(folder.file("wide.scl")) << "wide\n1\n100.7\n";
    play({"--tuning", folder.file("wide.scl")});
    probe->play_and_record({{0, {0x90, 69, 110}}}, 24000);
    check_pitch(60 + 9 * 1.007);
    BOOST_TEST(wait_for_output(*player, "MTS-ESP off: a scale is set"));
}

BOOST_FIXTURE_TEST_CASE(without_a_sound_library_nothing_happens, Fixture) {
    write_song(folder.file("song.mid"), {{0, 500, 69, 110}});
    const std::string none = folder.file("none"), text = folder.file("text"), empty = folder.file("empty");
    for (const std::string& name : {none, text, empty}) std::filesystem::create_directory(name);
    std::ofstream(text + "/libMTS.so") << "no library";
    const std::string plain = rendered({"LD_LIBRARY_PATH=" + none});
    tables().has_master = false;
    BOOST_TEST((rendered({}) == plain)); // no master
    tables().has_master = true;
    shift(0.5);
    BOOST_TEST((rendered({"LD_LIBRARY_PATH=" + text}) == plain));
    std::filesystem::create_symlink(EMPTY_LIBRARY, empty + "/libMTS.so");
    BOOST_TEST((rendered({"LD_LIBRARY_PATH=" + empty}) == plain)); // without the functions
    BOOST_TEST((rendered({}) != plain));
    // A rendering follows like the player, and a master in equal temperament changes no sample.
    const SoundFile sound(folder.file("out.wav"));
    BOOST_TEST(std::fabs(cents(find_sinusoid(sound.part(0.1, 0.3), hertz(69.5)).hertz, hertz(69.5))) < 0.1);
    shift(0);
    BOOST_TEST((rendered({}) == plain));
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
