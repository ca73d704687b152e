// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI learn: the controller map of the audio thread, and learning, restoring and forgetting in the player.
#define BOOST_TEST_MODULE learn
#define BOOST_TEST_NO_MAIN
#include "host/player/midi/controller_map.h"
#include "tests/host/support/player_fixture.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

using namespace timbrel::test;
using namespace timbrel::host;
namespace fs = std::filesystem;

namespace {

std::vector<Port> test_ports() {
    std::vector<Port> ports(4);
    for (uint32_t i = 0; i < ports.size(); ++i) {
        ports[i].index = i;
        ports[i].kind = Port::Kind::control;
        ports[i].input = true;
    }
    ports[0].minimum = -60, ports[0].maximum = 12;
    ports[1].minimum = 20, ports[1].maximum = 20000, ports[1].logarithmic = true;
    ports[2].minimum = 0, ports[2].maximum = 2, ports[2].integer = true;
    return ports;
}

std::array<std::byte, 3> control_change(int channel, int number, int value) {
    return {std::byte(0xb0 | channel), std::byte(number), std::byte(value)};
}

struct Fixture : PlayerFixture {
    // Sends a controller on channel 1 ten times within 0.1 s.
    void move(uint8_t number, uint8_t value) {
        std::vector<JackProbe::Event> events;
        for (uint32_t i = 0; i < 10; ++i) events.push_back({i * 480, {0xb0, number, value}});
        probe->play_and_record(events, 24000);
    }
    // The level of A4 after these events, in dB relative to the default.
    double level_after(const std::vector<JackProbe::Event>& events) {
        probe->play_and_record(events, 24000);
        probe->play_and_record({{0, {0x90, 69, 110}}, {20000, {0x80, 69, 0}}}, 36000);
        return db(fit_sinusoid(std::span(probe->left).subspan(6000, 12000), 440).amplitude / 0.2);
    }
    std::string config_file = folder.file("config/timbrel/controllers.json");
};

} // namespace

BOOST_AUTO_TEST_CASE(controllers_run_over_a_ports_range) {
    ControllerMap map(test_ports());
    map.assign({0, 20, false}, 0);
    map.assign({0, 21, false}, 1);
    map.assign({15, 119, false}, 2);
    BOOST_TEST(map.handle(control_change(0, 20, 0)).value == -60.0f);
    BOOST_TEST(map.handle(control_change(0, 20, 127)).value == 12.0f);
    BOOST_TEST(map.handle(control_change(0, 20, 127)).port->index == 0u);
    BOOST_TEST(map.handle(control_change(0, 21, 0)).value == 20.0f);
    BOOST_TEST(std::fabs(map.handle(control_change(0, 21, 64)).value / (20 * std::pow(1000.0f, 64 / 127.0f)) - 1) <
               1e-5f);
    BOOST_TEST(map.handle(control_change(0, 21, 127)).value == 20000.0f);
    for (const auto& [value, step] :
         {std::pair(0, 0), std::pair(31, 0), std::pair(32, 1), std::pair(95, 1), std::pair(96, 2), std::pair(127, 2)})
        BOOST_TEST(map.handle(control_change(15, 119, value)).value == static_cast<float>(step));
    // Other messages are not consumed: another channel, a channel mode message, a note, a truncated message.
    BOOST_TEST(!map.handle(control_change(1, 20, 5)).consumed);
    BOOST_TEST(!map.handle(control_change(0, 123, 0)).consumed);
    BOOST_TEST(!map.handle(std::array{std::byte{0x90}, std::byte{20}, std::byte{5}}).consumed);
    BOOST_TEST(!map.handle(std::array{std::byte{0xb0}, std::byte{20}}).consumed);
}

BOOST_AUTO_TEST_CASE(pairs_have_fourteen_bits) {
    ControllerMap map(test_ports());
    map.assign({3, 20, true}, 0);
    const auto upper = map.handle(control_change(3, 20, 0x55));
    BOOST_TEST(upper.consumed);
    BOOST_TEST(!upper.port);
    BOOST_TEST(!map.changes_port(control_change(3, 20, 0x55)));
    BOOST_TEST(map.changes_port(control_change(3, 52, 0x2a)));
    const auto result = map.handle(control_change(3, 52, 0x2a));
    BOOST_REQUIRE(result.port);
    BOOST_TEST(std::fabs(result.value - (-60 + 72 * (0x55 * 128 + 0x2a) / 16383.0f)) < 1e-4f);
    // Assigning one half to another port removes the 14-bit assignment.
    map.assign({3, 52, false}, 1);
    BOOST_TEST(!map.controller_of(0).has_value());
    BOOST_TEST(!map.handle(control_change(3, 20, 1)).consumed);
    BOOST_TEST(map.handle(control_change(3, 52, 1)).port->index == 1u);
}

BOOST_AUTO_TEST_CASE(ports_and_controllers_are_paired_one_to_one) {
    ControllerMap map(test_ports());
    map.assign({0, 20, false}, 0);
    map.assign({0, 20, false}, 1);
    BOOST_TEST(map.handle(control_change(0, 20, 1)).port->index == 1u);
    map.assign({0, 30, false}, 1);
    BOOST_TEST(!map.handle(control_change(0, 20, 1)).consumed);
    map.forget(1);
    BOOST_TEST(!map.handle(control_change(0, 30, 1)).consumed);
    BOOST_TEST(!map.controller_of(1).has_value());
}

BOOST_AUTO_TEST_CASE(controllers_set_nothing_while_the_map_listens) {
    ControllerMap map(test_ports());
    map.assign({0, 20, false}, 0);
    map.set_listening(true);
    BOOST_TEST(map.handle(control_change(0, 20, 1)).consumed);
    BOOST_TEST(!map.handle(control_change(0, 20, 1)).port);
    BOOST_TEST(!map.handle(control_change(0, 0, 1)).consumed);  // bank select
    BOOST_TEST(!map.handle(control_change(0, 99, 1)).consumed); // parameter number
    BOOST_TEST(!map.handle(control_change(0, 96, 1)).consumed); // data increment
    const auto received = map.pop_received();
    BOOST_REQUIRE(received.has_value());
    BOOST_TEST((*received == Controller{0, 20, false}));
    map.set_listening(false);
    BOOST_TEST(map.handle(control_change(0, 20, 1)).port);
}

BOOST_FIXTURE_TEST_CASE(a_parameter_learns_keeps_and_forgets, Fixture) {
    play({"--learn", "level", "--learn", "cutoff", "--osc", osc_port()});
    BOOST_TEST(wait_for_output(*player, "Level: now move a MIDI controller"));
    move(20, 100);
    BOOST_TEST(wait_for_output(*player, "Level is moved by controller 20 on channel 1"), player->output());
    move(20, 90); // still moving, but already learned
    BOOST_TEST(player->output().find("Cutoff is moved") == std::string::npos);
    move(21, 127);
    BOOST_TEST(wait_for_output(*player, "Cutoff is moved by controller 21 on channel 1"), player->output());
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 20, 74}}}) - (-60 + 72 * 74 / 127.0)) < 0.3);
    // A learned controller loses its usual function: the modulation wheel no longer adds vibrato.
    Phone phone(osc_port());
    phone.send("/timbrel/learn", "s", "level");
    BOOST_TEST(wait_for_output(*player, "Level: now"));
    probe->play_and_record({}, 9600);
    move(1, 127);
    BOOST_TEST(wait_for_output(*player, "Level is moved by controller 1 on channel 1"), player->output());
    const double loud = level_after({{0, {0xb0, 1, 127}}});
    BOOST_TEST(std::fabs(loud - 12) < 0.3); // 50 cents of vibrato would lower the fitted level
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 20, 0}}}) - 12) < 0.3);
    phone.send("/timbrel/forget", "s", "cutoff");
    BOOST_TEST(wait_for_output(*player, "Cutoff is no longer assigned to controller 21"), player->output());
    phone.send("/timbrel/learn", "s", "sparkle");
    BOOST_TEST(wait_for_output(*player, "sparkle: no such parameter"), player->output());

    play();
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 1, 63}}}) - (-60 + 72 * 63 / 127.0)) < 0.3);
    const auto config = nlohmann::json::parse(read_file(config_file));
    BOOST_TEST(config.dump() == R"({"urn:timbrel:morph":{"level":{"channel":1,"controller":1,"fine":false}}})");
    play({"--forget", "level"});
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 1, 10}}, {10000, {0xb0, 1, 0}}})) < 0.3);
    BOOST_TEST(run({TIMBREL, "play", "--learn", "sparkle", bank}).status == 2);
}

BOOST_FIXTURE_TEST_CASE(a_pair_of_controllers_is_recognised_by_its_halves, Fixture) {
    play({"--learn", "level", "--osc", osc_port()});
    BOOST_TEST(wait_for_output(*player, "Level: now"));
    probe->play_and_record({{0, {0xb0, 20, 1}}, {1, {0xb0, 52, 1}}}, 24000);
    BOOST_TEST(wait_for_output(*player, "Level is moved by controller 20 (14 bits) on channel 1"), player->output());
    Phone phone(osc_port());
    probe->play_and_record({{0, {0xb0, 20, 100}}, {1, {0xb0, 52, 77}}}, 24000);
    BOOST_TEST(std::fabs(phone.last_value("/timbrel/param/level") - (-60 + 72 * (100 * 128 + 77) / 16383.0f)) < 1e-3f);
}

BOOST_FIXTURE_TEST_CASE(learnt_controllers_move_on_their_frames, Fixture) {
    jack_set_buffer_size(probe->client(), 1024);
    play({"--learn", "level"});
    BOOST_TEST(wait_for_output(*player, "Level: now"));
    move(20, 100);
    BOOST_TEST(wait_for_output(*player, "is moved by"), player->output());
    // The level falls from +12 dB within a period; the engine applies it at its next tick of 64 frames.
    for (const uint32_t frame : {10240u + 100, 10240u + 500, 10240u + 900}) {
        probe->play_and_record(
            {{0, {0xb0, 20, 127}}, {1, {0x90, 69, 110}}, {frame, {0xb0, 20, 0}}, {20000, {0x80, 69, 0}}}, 24000);
        const std::span sound(probe->left);
        size_t fall = frame; // first frame from which the level stays below 90 %
        while (fall < sound.size() - 110 && peak(sound.subspan(fall, 110)) > 0.9 * 0.2 * 3.98) ++fall;
        const size_t delay = fall - frame - 1024;
        BOOST_TEST(delay < 300u, "controller at " << frame << ", " << delay << " frames late");
    }
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_reported_and_not_changed, Fixture) {
    fs::create_directories(fs::path(config_file).parent_path());
    for (const char* text : {"no json", R"({"urn:timbrel:morph":{"level":{"channel":17,"controller":1}}})",
                             R"({"urn:timbrel:morph":{"level":3}})"}) {
        std::ofstream(config_file) << text;
        play({"--learn", "level"});
        BOOST_TEST(wait_for_output(*player, "controllers.json: not a list of learned MIDI controllers"),
                   player->output());
        move(20, 127);
        BOOST_TEST(wait_for_output(*player, "was not readable, so it is not replaced"), player->output());
        BOOST_TEST(std::fabs(level_after({{0, {0xb0, 20, 127}}}) - 12) <
                   0.3); // the assignment is used although it is not saved
        BOOST_TEST(read_file(config_file) == text);
    }
}

BOOST_FIXTURE_TEST_CASE(entries_of_another_player_are_kept, Fixture) {
    const std::string config = folder.file("linked.json"); // configuration kept elsewhere, behind a symbolic link
    std::ofstream(config) << "{}";
    fs::create_directories(fs::path(config_file).parent_path());
    fs::create_symlink(config, config_file);
    play({"--learn", "level"});
    BOOST_TEST(wait_for_output(*player, "Level: now"));
    std::ofstream(config) << R"({"urn:other":{"gain":{"channel":1,"controller":20}},"urn:timbrel:morph":{)"
                          << R"("cutoff":{"channel":1,"controller":21},"x":{"channel":1,"controller":20}}})";
    move(20, 127);
    BOOST_TEST(wait_for_output(*player, "Level is moved by"), player->output());
    const auto all = nlohmann::json::parse(read_file(config));
    BOOST_TEST(all.dump() == R"({"urn:other":{"gain":{"channel":1,"controller":20}},"urn:timbrel:morph":{)"
                             R"("cutoff":{"channel":1,"controller":21},)"
                             R"("level":{"channel":1,"controller":20,"fine":false}}})");
    BOOST_TEST(fs::is_symlink(config_file));
    // A file that cannot be opened is not treated as missing.
    fs::remove(config_file);
    fs::create_symlink(config_file, config_file);
    play({"--learn", "level"});
    BOOST_TEST(wait_for_output(*player, "controllers.json: not a list of learned MIDI controllers"), player->output());
    move(20, 127);
    BOOST_TEST(wait_for_output(*player, "was not readable, so it is not replaced"), player->output());
    BOOST_TEST(fs::is_symlink(config_file));
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
