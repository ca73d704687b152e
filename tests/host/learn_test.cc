// MIDI learn: the table that the audio thread reads, and the player taught, restarted and made to forget.
#define BOOST_TEST_MODULE learn
#define BOOST_TEST_NO_MAIN
#include "host/player/midi/controller_map.h"
#include "tests/host/support/live_stage.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

using namespace timbrel::test;
using namespace timbrel::host;
namespace fs = std::filesystem;

namespace {

std::vector<Port> some_ports() {
    std::vector<Port> ports(4);
    for (uint32_t i = 0; i < ports.size(); ++i) {
        ports[i].index = i;
        ports[i].kind = Port::Kind::control;
        ports[i].input = true;
    }
    ports[0].minimum = -60, ports[0].maximum = 12;
    ports[1].minimum = 20, ports[1].maximum = 20000, ports[1].logarithmic = true;
    ports[2].minimum = 0, ports[2].maximum = 2, ports[2].whole = true;
    return ports;
}

std::array<std::byte, 3> turn(int channel, int number, int value) {
    return {std::byte(0xb0 | channel), std::byte(number), std::byte(value)};
}

struct Stage : LiveStage {
    // A controller of the first channel, turned again and again for a while.
    void move(uint8_t number, uint8_t value) {
        std::vector<JackProbe::Event> events;
        for (uint32_t i = 0; i < 10; ++i) events.push_back({i * 480, {0xb0, number, value}});
        probe->perform(events, 24000);
    }
    // Of A4, in dB beside what it is at rest.
    double level_after(const std::vector<JackProbe::Event>& events) {
        probe->perform(events, 24000);
        probe->perform({{0, {0x90, 69, 110}}, {20000, {0x80, 69, 0}}}, 36000);
        return db(fit(std::span(probe->left).subspan(6000, 12000), 440).amplitude / 0.2);
    }
    std::string learnt = folder.file("config/timbrel/controllers.json");
};

} // namespace

BOOST_AUTO_TEST_CASE(controllers_run_over_a_ports_range) {
    ControllerMap map(some_ports());
    map.assign({0, 20, false}, 0);
    map.assign({0, 21, false}, 1);
    map.assign({15, 119, false}, 2);
    BOOST_TEST(map.hear(turn(0, 20, 0)).value == -60.0f);
    BOOST_TEST(map.hear(turn(0, 20, 127)).value == 12.0f);
    BOOST_TEST(map.hear(turn(0, 20, 127)).port->index == 0u);
    BOOST_TEST(map.hear(turn(0, 21, 0)).value == 20.0f);
    BOOST_TEST(std::fabs(map.hear(turn(0, 21, 64)).value / (20 * std::pow(1000.0f, 64 / 127.0f)) - 1) < 1e-5f);
    BOOST_TEST(map.hear(turn(0, 21, 127)).value == 20000.0f);
    for (const auto& [value, step] :
         {std::pair(0, 0), std::pair(31, 0), std::pair(32, 1), std::pair(95, 1), std::pair(96, 2), std::pair(127, 2)})
        BOOST_TEST(map.hear(turn(15, 119, value)).value == static_cast<float>(step));
    // Nothing else is taken: another channel, a channel mode, a note.
    BOOST_TEST(!map.hear(turn(1, 20, 5)).taken);
    BOOST_TEST(!map.hear(turn(0, 123, 0)).taken);
    BOOST_TEST(!map.hear(std::array{std::byte{0x90}, std::byte{20}, std::byte{5}}).taken);
    BOOST_TEST(!map.hear(std::array{std::byte{0xb0}, std::byte{20}}).taken);
}

BOOST_AUTO_TEST_CASE(pairs_have_fourteen_bits) {
    ControllerMap map(some_ports());
    map.assign({3, 20, true}, 0);
    const auto upper = map.hear(turn(3, 20, 0x55));
    BOOST_TEST(upper.taken);
    BOOST_TEST(!upper.port);
    BOOST_TEST(!map.moves(turn(3, 20, 0x55)));
    BOOST_TEST(map.moves(turn(3, 52, 0x2a)));
    const auto whole = map.hear(turn(3, 52, 0x2a));
    BOOST_REQUIRE(whole.port);
    BOOST_TEST(std::fabs(whole.value - (-60 + 72 * (0x55 * 128 + 0x2a) / 16383.0f)) < 1e-4f);
    // What takes either half takes both away.
    map.assign({3, 52, false}, 1);
    BOOST_TEST(!map.controller_of(0).has_value());
    BOOST_TEST(!map.hear(turn(3, 20, 1)).taken);
    BOOST_TEST(map.hear(turn(3, 52, 1)).port->index == 1u);
}

BOOST_AUTO_TEST_CASE(one_port_has_one_controller_and_the_other_way_round) {
    ControllerMap map(some_ports());
    map.assign({0, 20, false}, 0);
    map.assign({0, 20, false}, 1);
    BOOST_TEST(map.hear(turn(0, 20, 1)).port->index == 1u);
    map.assign({0, 30, false}, 1);
    BOOST_TEST(!map.hear(turn(0, 20, 1)).taken);
    map.forget(1);
    BOOST_TEST(!map.hear(turn(0, 30, 1)).taken);
    BOOST_TEST(!map.controller_of(1).has_value());
}

BOOST_AUTO_TEST_CASE(while_it_listens_nothing_moves) {
    ControllerMap map(some_ports());
    map.assign({0, 20, false}, 0);
    map.listen(true);
    BOOST_TEST(map.hear(turn(0, 20, 1)).taken);
    BOOST_TEST(!map.hear(turn(0, 20, 1)).port);
    BOOST_TEST(!map.hear(turn(0, 0, 1)).taken);  // bank select
    BOOST_TEST(!map.hear(turn(0, 99, 1)).taken); // a parameter's number
    BOOST_TEST(!map.hear(turn(0, 96, 1)).taken); // and its steps
    const auto heard = map.next_heard();
    BOOST_REQUIRE(heard.has_value());
    BOOST_TEST((*heard == Controller{0, 20, false}));
    map.listen(false);
    BOOST_TEST(map.hear(turn(0, 20, 1)).port);
}

BOOST_FIXTURE_TEST_CASE(a_parameter_learns_keeps_and_forgets, Stage) {
    play({"--learn", "level", "--learn", "cutoff", "--osc", osc_port()});
    BOOST_TEST(says(*player, "Level: now move a MIDI controller"));
    move(20, 100);
    BOOST_TEST(says(*player, "Level is moved by controller 20 on channel 1"), player->output());
    move(20, 90); // the hand rests on it a little longer
    BOOST_TEST(player->output().find("Cutoff is moved") == std::string::npos);
    move(21, 127);
    BOOST_TEST(says(*player, "Cutoff is moved by controller 21 on channel 1"), player->output());
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 20, 74}}}) - (-60 + 72 * 74 / 127.0)) < 0.3);
    // What a knob has learnt does nothing else: the first controller, vibrato, becomes the level's.
    Phone phone(osc_port());
    phone.send("/timbrel/learn", "s", "level");
    BOOST_TEST(says(*player, "Level: now"));
    probe->perform({}, 9600);
    move(1, 127);
    BOOST_TEST(says(*player, "Level is moved by controller 1 on channel 1"), player->output());
    const double loud = level_after({{0, {0xb0, 1, 127}}});
    BOOST_TEST(std::fabs(loud - 12) < 0.3); // a vibrato of 50 cents would have smeared it
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 20, 0}}}) - 12) < 0.3);
    phone.send("/timbrel/forget", "s", "cutoff");
    BOOST_TEST(says(*player, "Cutoff is moved no more by controller 21"), player->output());
    phone.send("/timbrel/learn", "s", "sparkle");
    BOOST_TEST(says(*player, "sparkle: no such parameter"), player->output());

    play();
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 1, 63}}}) - (-60 + 72 * 63 / 127.0)) < 0.3);
    const auto kept = nlohmann::json::parse(read_file(learnt));
    BOOST_TEST(kept.dump() == R"({"urn:timbrel:morph":{"level":{"channel":1,"controller":1,"fine":false}}})");
    play({"--forget", "level"});
    BOOST_TEST(std::fabs(level_after({{0, {0xb0, 1, 10}}, {10000, {0xb0, 1, 0}}})) < 0.3);
    BOOST_TEST(run({TIMBREL, "play", "--learn", "sparkle", bank}).status == 2);
}

BOOST_FIXTURE_TEST_CASE(a_pair_of_controllers_is_told_by_its_halves, Stage) {
    play({"--learn", "level", "--osc", osc_port()});
    BOOST_TEST(says(*player, "Level: now"));
    probe->perform({{0, {0xb0, 20, 1}}, {1, {0xb0, 52, 1}}}, 24000);
    BOOST_TEST(says(*player, "Level is moved by controller 20 (14 bits) on channel 1"), player->output());
    Phone phone(osc_port());
    probe->perform({{0, {0xb0, 20, 100}}, {1, {0xb0, 52, 77}}}, 24000);
    BOOST_TEST(std::fabs(phone.told("/timbrel/param/level") - (-60 + 72 * (100 * 128 + 77) / 16383.0f)) < 1e-3f);
}

BOOST_FIXTURE_TEST_CASE(learnt_controllers_move_on_their_frames, Stage) {
    jack_set_buffer_size(probe->client(), 1024);
    play({"--learn", "level"});
    BOOST_TEST(says(*player, "Level: now"));
    move(20, 100);
    BOOST_TEST(says(*player, "is moved by"), player->output());
    // Down from +12 dB within one period; the engine takes a new level at its next tick of 64 frames.
    for (const uint32_t frame : {10240u + 100, 10240u + 500, 10240u + 900}) {
        probe->perform({{0, {0xb0, 20, 127}}, {1, {0x90, 69, 110}}, {frame, {0xb0, 20, 0}}, {20000, {0x80, 69, 0}}},
                       24000);
        const std::span sound(probe->left);
        size_t fall = frame; // where its swing first stays under nine tenths
        while (fall < sound.size() - 110 && peak(sound.subspan(fall, 110)) > 0.9 * 0.2 * 3.98) ++fall;
        const size_t delay = fall - frame - 1024;
        BOOST_TEST(delay < 300u, "controller at " << frame << ", heard " << delay << " frames later than it may be");
    }
}

BOOST_FIXTURE_TEST_CASE(a_damaged_file_is_told_of_and_left_alone, Stage) {
    fs::create_directories(fs::path(learnt).parent_path());
    for (const char* text : {"no json", R"({"urn:timbrel:morph":{"level":{"channel":17,"controller":1}}})",
                             R"({"urn:timbrel:morph":{"level":3}})"}) {
        std::ofstream(learnt) << text;
        play({"--learn", "level"});
        BOOST_TEST(says(*player, "controllers.json: not the MIDI controllers"), player->output());
        move(20, 127);
        BOOST_TEST(says(*player, "cannot be written"), player->output());
        BOOST_TEST(std::fabs(level_after({{0, {0xb0, 20, 127}}}) - 12) < 0.3); // it holds until the end
        BOOST_TEST(read_file(learnt) == text);
    }
}

BOOST_FIXTURE_TEST_CASE(what_another_player_has_written_stays, Stage) {
    const std::string kept = folder.file("kept.json"); // as those have it who keep their settings elsewhere
    std::ofstream(kept) << "{}";
    fs::create_directories(fs::path(learnt).parent_path());
    fs::create_symlink(kept, learnt);
    play({"--learn", "level"});
    BOOST_TEST(says(*player, "Level: now"));
    std::ofstream(kept) << R"({"urn:other":{"gain":{"channel":1,"controller":20}},"urn:timbrel:morph":{)"
                        << R"("cutoff":{"channel":1,"controller":21},"x":{"channel":1,"controller":20}}})";
    move(20, 127);
    BOOST_TEST(says(*player, "Level is moved by"), player->output());
    const auto all = nlohmann::json::parse(read_file(kept));
    BOOST_TEST(all.dump() == R"({"urn:other":{"gain":{"channel":1,"controller":20}},"urn:timbrel:morph":{)"
                             R"("cutoff":{"channel":1,"controller":21},)"
                             R"("level":{"channel":1,"controller":20,"fine":false}}})");
    BOOST_TEST(fs::is_symlink(learnt));
    // A file that cannot be opened is no missing one.
    fs::remove(learnt);
    fs::create_symlink(learnt, learnt);
    play({"--learn", "level"});
    BOOST_TEST(says(*player, "controllers.json: not the MIDI controllers"), player->output());
    move(20, 127);
    BOOST_TEST(says(*player, "cannot be written"), player->output());
    BOOST_TEST(fs::is_symlink(learnt));
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
