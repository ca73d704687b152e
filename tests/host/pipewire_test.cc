// SPDX-License-Identifier: GPL-3.0-or-later
// The player on PipeWire's JACK library, with a private daemon: no session bus, session manager or sound card.
#define BOOST_TEST_MODULE pipewire
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <fstream>

using namespace timbrel::test;

namespace {

// A minimal PipeWire configuration for JACK clients: a driver and the default metadata.
constexpr char configuration[] = R"(
context.properties = { core.daemon = true core.name = pipewire-0 default.clock.quantum = 256 }
context.spa-libs = { support.* = support/libspa-support }
context.modules = [
  { name = libpipewire-module-protocol-native }
  { name = libpipewire-module-metadata }
  { name = libpipewire-module-spa-node-factory }
  { name = libpipewire-module-client-node }
  { name = libpipewire-module-access }
  { name = libpipewire-module-adapter }
  { name = libpipewire-module-link-factory }
]
context.objects = [
  { factory = metadata args = { metadata.name = default } }
  { factory = spa-node-factory
    args = { factory.name = support.node.driver node.name = Dummy-Driver priority.driver = 20000 } }
]
)";

struct Fixture {
    Fixture() {
        std::ofstream(folder.file("pipewire.conf")) << configuration;
        for (const char* name : {"XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR", "HOME"})
            setenv(name, folder.file("").c_str(), 1);
        write_tone_bank(bank);
        daemon = std::make_unique<Child>(std::vector<std::string>{"pipewire", "-c", folder.file("pipewire.conf")},
                                         folder.file("daemon.log"));
        for (int i = 0; i < 100 && !probe; ++i) {
            try {
                probe = std::make_unique<JackProbe>();
            } catch (const std::runtime_error&) {
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        }
        BOOST_REQUIRE_MESSAGE(probe, daemon->output());
    }

    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel");
    std::unique_ptr<Child> daemon;
    std::unique_ptr<JackProbe> probe;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(it_plays_on_pipewire_and_follows_its_quantum, Fixture) {
    Child player({TIMBREL, "play", bank, "--set", "x=0", "--set", "y=0", "--no-window"}, folder.file("log"));
    BOOST_REQUIRE_MESSAGE(probe->wait_for("Timbrel:y"), player.output());
    BOOST_TEST(wait_for_output(player, "playing"), player.output());
    BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
    BOOST_TEST(probe->connect(probe->midi_out(), "Timbrel:midi_in"));
    std::this_thread::sleep_for(std::chrono::seconds(1)); // links become active after they are reported
    for (const uint32_t period : {256u, 128u, 1024u}) {
        jack_set_buffer_size(probe->client(), period);
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        // A daemon without real-time priority skips blocks occasionally, so several attempts are allowed.
        bool exact = false;
        for (int attempt = 0; attempt < 12 && !exact; ++attempt) {
            probe->play_and_record(
                {{4999, {0x90, 69, 110}}, {20000, {0x80, 69, 0}}, {35003, {0x90, 69, 110}}, {50000, {0x80, 69, 0}}},
                60000);
            const std::span sound(probe->left);
            const size_t first = onset(sound, 0.15f);
            if (first + 45000 > sound.size()) continue;
            const size_t onset_distance = onset(sound.subspan(first + 28000), 0.15f) + 28000;
            const Sinusoid tone = find_sinusoid(sound.subspan(first + 200, 12000), 440);
            exact = first == 4999 + period && onset_distance == 35003 - 4999 && std::fabs(cents(tone.hertz, 440)) < 3 &&
                    std::fabs(db(tone.amplitude / 0.2)) < 0.5 && sinad(sound.subspan(first + 200, 12000), 440) > 50;
        }
        BOOST_TEST(exact, "quantum " << period);
    }
}

int main(int count, char** arguments) {
    if (!have({"pipewire", "pw-jack"})) return skipped;
    // Restarts itself under pw-jack, which replaces JACK's library by PipeWire's.
    if (!std::getenv("TIMBREL_UNDER_PIPEWIRE")) {
        setenv("TIMBREL_UNDER_PIPEWIRE", "1", 1);
        std::vector<char*> command{const_cast<char*>("pw-jack")};
        command.insert(command.end(), arguments, arguments + count);
        command.push_back(nullptr);
        execvp(command[0], command.data());
        return skipped;
    }
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
