// SPDX-License-Identifier: GPL-3.0-or-later
// Checks the player's audio thread for system calls, heap use and locks while MIDI, OSC, CV and transport are active.
#define BOOST_TEST_MODULE player_realtime
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <csignal>
#include <random>
#include <sstream>

using namespace timbrel::test;

namespace {

// Random notes, controllers (one of them learned) and pitch bends, one every 100 frames.
std::vector<JackProbe::Event> random_events(uint32_t frames) {
    std::mt19937 random(1);
    std::vector<JackProbe::Event> events;
    const auto random_below = [&](uint32_t below) { return static_cast<uint8_t>(random() % below); };
    for (uint32_t frame = 0; frame < frames; frame += 100) {
        static constexpr uint8_t controllers[] = {16, 17, 1, 11, 20, 64, 67, 74};
        switch (random() % 5) {
        case 0:
        case 1:
            events.push_back({frame, {0x90, static_cast<uint8_t>(36 + random_below(48)), random_below(128)}});
            break;
        case 2:
            events.push_back({frame, {0xe0, random_below(128), random_below(128)}});
            break;
        default:
            events.push_back({frame, {0xb0, controllers[random_below(8)], random_below(128)}});
        }
    }
    return events;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(the_audio_thread_breaks_no_rule_inside_the_player, PlayerFixture) {
    const std::string report_file = folder.file("spy");
    setenv("TIMBREL_BANKS", folder.file("").c_str(), 1);
    start({"LD_PRELOAD=" SPY, "TIMBREL_SPY=" + report_file, TIMBREL, "play", bank, "--no-window", "--osc", osc_port(),
           "--learn", "cutoff", "--record", folder.file("recording.wav")});
    BOOST_TEST(probe->connect(probe->cv_out(0), "Timbrel:x"));
    BOOST_TEST(wait_for_output(*player, "Cutoff: now"));
    probe->play_and_record({{0, {0xb0, 20, 5}}}, 24000);
    BOOST_TEST(wait_for_output(*player, "is moved by"), player->output());
    Phone phone(osc_port());
    std::atomic<bool> playing{true};
    std::thread osc_sender([&] {
        for (int i = 0; playing; ++i) {
            phone.send("/timbrel/xy", "ff", (i % 50) / 50.0f, (i % 30) / 30.0f);
            phone.send("/timbrel/note", "ii", 40 + i % 30, i % 2 ? 100 : 0);
            phone.send("/timbrel/param/vibrato_depth", "f", static_cast<float>(i % 100));
            probe->cv[0] = (i % 40) / 40.0f;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    jack_set_timebase_callback(
        probe->client(), 0,
        [](jack_transport_state_t, jack_nframes_t, jack_position_t* at, int, void*) {
            at->valid = JackPositionBBT;
            at->bar = at->beat = 1;
            at->beats_per_bar = 4;
            at->beats_per_minute = 120;
            at->ticks_per_beat = 1920;
        },
        nullptr);
    jack_transport_start(probe->client());
    probe->play_and_record(random_events(240000), 240000);
    playing = false;
    osc_sender.join();
    player->signal(SIGTERM);
    BOOST_TEST(player->wait(10) == 0);
    std::istringstream report(read_file(report_file));
    unsigned long periods = 0, heap_and_locks = 1, system_calls = 1, faults = 1;
    std::string first;
    report >> periods >> heap_and_locks >> system_calls >> faults;
    std::getline(report, first);
    BOOST_TEST(peak(probe->left) > 0.05);
    BOOST_TEST(periods > 3000u, periods << " periods; " << player->output());
    BOOST_TEST(heap_and_locks == 0u, heap_and_locks << ", first" << first);
    BOOST_TEST(system_calls == 0u, system_calls << ", first" << first);
    std::printf("%lu periods watched; %lu page faults\n", periods, faults);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
