// SPDX-License-Identifier: GPL-3.0-or-later
// The player with an LV2 instrument that accepts one sample rate only and must not run while its state is restored.
#define BOOST_TEST_MODULE restricted
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <csignal>

using namespace timbrel::test;

namespace {

struct Fixture : PlayerFixture {
    void play_restricted(const std::vector<std::string>& options = {}) {
        std::vector<std::string> command{TIMBREL, "play", "--plugin", "urn:timbrel:test:restricted", "--no-window"};
        command.insert(command.end(), options.begin(), options.end());
        player = std::make_unique<Child>(command, folder.file("player.log"));
        connect();
    }
    void connect() {
        BOOST_REQUIRE_MESSAGE(probe->wait_for("Timbrel:y"), player->output());
        BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
    }
    double level() {
        probe->play_and_record({}, 24000);
        return db(fit_sinusoid(std::span(probe->left).last(12000), 440).amplitude / 0.2);
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_player_waits_while_the_server_has_a_rate_that_the_plugin_refuses, Fixture) {
    play_restricted({"--osc", osc_port()});
    BOOST_TEST(std::fabs(level()) < 0.1);
    probe.reset();
    server.stop();
    BOOST_TEST(wait_for_output(*player, "has gone"), player->output());
    server.start(64, 44100);
    const std::string refusal =
        "the JACK server is back but cannot be joined: plugin urn:timbrel:test:restricted does not "
        "start at 44100 frames a second";
    BOOST_TEST(wait_for_output(*player, refusal), player->output());
    std::this_thread::sleep_for(std::chrono::milliseconds(2500)); // some more attempts to rejoin
    BOOST_TEST(player->alive());
    const std::string output = player->output();
    BOOST_TEST(output.find(refusal) == output.rfind(refusal), output);
    server.stop();
    server.start(64, 48000);
    BOOST_TEST(wait_for_output(*player, "server is back\n"), player->output());
    probe = std::make_unique<JackProbe>();
    connect();
    BOOST_TEST(std::fabs(level()) < 0.1, player->output());
    player->signal(SIGTERM);
    BOOST_TEST(player->wait(5) == 0);
}

BOOST_FIXTURE_TEST_CASE(processing_pauses_while_a_preset_is_restored, Fixture) {
    play_restricted({"--osc", osc_port(), "--osc-save"});
    Phone phone(osc_port());
    phone.send("/timbrel/save", "s", "Calm");
    BOOST_TEST(wait_for_output(*player, "saved as the preset Calm"), player->output());
    phone.send("/timbrel/load", "s", "Calm");
    probe->play_and_record({}, 48000);
    // Fades out and in, over a period each, without a click.
    const float limit = 0.2f * static_cast<float>(2 * 3.1416 * 440 / 48000 + 1.0 / 64) * 1.05f;
    size_t silent = 0;
    float step = 0;
    for (size_t i = 1; i < probe->left.size(); ++i) {
        silent += probe->left[i] == 0 && probe->left[i - 1] == 0;
        step = std::max(step, std::fabs(probe->left[i] - probe->left[i - 1]));
    }
    BOOST_TEST(silent >= 63u); // a period or more; how many last as long as the restore depends on the machine
    BOOST_TEST(step < limit);
    BOOST_TEST(std::fabs(level()) < 0.1, player->output());
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
