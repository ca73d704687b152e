// The player's own audio thread, watched inside the program while everything plays it at once.
#define BOOST_TEST_MODULE player_realtime
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/live_stage.h"

#include <csignal>
#include <random>
#include <sstream>

using namespace timbrel::test;

namespace {

// Notes, controllers (one of them learnt) and bends, some thousand in five seconds.
std::vector<JackProbe::Event> storm(uint32_t frames) {
    std::mt19937 random(1);
    std::vector<JackProbe::Event> events;
    const auto any = [&](uint32_t below) { return static_cast<uint8_t>(random() % below); };
    for (uint32_t frame = 0; frame < frames; frame += 100) {
        static constexpr uint8_t controllers[] = {16, 17, 1, 11, 20, 64, 67, 74};
        switch (random() % 5) {
        case 0:
        case 1:
            events.push_back({frame, {0x90, static_cast<uint8_t>(36 + any(48)), any(128)}});
            break;
        case 2:
            events.push_back({frame, {0xe0, any(128), any(128)}});
            break;
        default:
            events.push_back({frame, {0xb0, controllers[any(8)], any(128)}});
        }
    }
    return events;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(the_audio_thread_breaks_no_rule_inside_the_player, LiveStage) {
    const std::string told = folder.file("spy");
    setenv("TIMBREL_BANKS", folder.file("").c_str(), 1);
    start({"LD_PRELOAD=" SPY, "TIMBREL_SPY=" + told, TIMBREL, "play", bank, "--no-window", "--osc", osc_port(),
           "--learn", "cutoff", "--record", folder.file("take.wav")});
    BOOST_TEST(probe->connect(probe->cv_out(0), "Timbrel:x"));
    BOOST_TEST(says(*player, "Cutoff: now"));
    probe->perform({{0, {0xb0, 20, 5}}}, 24000);
    BOOST_TEST(says(*player, "is moved by"), player->output());
    Phone phone(osc_port());
    std::atomic<bool> playing{true};
    std::thread hand([&] {
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
    probe->perform(storm(240000), 240000);
    playing = false;
    hand.join();
    player->signal(SIGTERM);
    BOOST_TEST(player->wait(10) == 0);
    std::istringstream report(read_file(told));
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
