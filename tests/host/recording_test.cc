// SPDX-License-Identifier: GPL-3.0-or-later
// A recording equals the rendering of the same events, sample by sample. JACK freewheels, so the recorder must keep up
// with a player faster than real time. Argument: seconds, 30 by default.
#define BOOST_TEST_MODULE recording
#define BOOST_TEST_NO_MAIN
#include "tests/host/support/player_fixture.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <random>

using namespace timbrel::test;

namespace {

constexpr uint32_t rate = 48000, step = 4; // milliseconds; a multiple of the engine's tick

// Random chords, sustain pedal, pitch bends and X/Y controllers.
std::vector<SongMessage> random_song(uint32_t seconds) {
    std::mt19937 random(2);
    std::vector<SongMessage> messages;
    const auto random_below = [&](uint32_t below) { return static_cast<uint8_t>(random() % below); };
    messages.push_back({100, {0x90, 57, 100}});
    for (uint32_t time = 104; time + 2000 < 1000 * seconds; time += step * (1 + static_cast<uint32_t>(random() % 40))) {
        const auto key = static_cast<uint8_t>(40 + random_below(45));
        switch (random() % 8) {
        case 0:
            messages.push_back({time, {0xb0, 64, random_below(128)}});
            break;
        case 1:
            messages.push_back({time, {0xe0, random_below(128), random_below(128)}});
            break;
        case 2:
        case 3:
            messages.push_back({time, {0xb0, static_cast<uint8_t>(16 + random_below(2)), random_below(128)}});
            break;
        default:
            messages.push_back({time, {0x90, key, static_cast<uint8_t>(20 + random_below(100))}});
            messages.push_back(
                {time + step * (5 + static_cast<uint32_t>(random() % 300)), {0x80, key, random_below(128)}});
        }
    }
    std::ranges::stable_sort(messages, {}, &SongMessage::time);
    while (messages.back().time > 1000 * seconds) messages.pop_back();
    for (const uint8_t controller : {64, 66, 123}) messages.push_back({1000 * seconds, {0xb0, controller, 0}});
    return messages;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_recording_is_what_render_makes_of_the_same_events, PlayerFixture) {
    const auto& suite = boost::unit_test::framework::master_test_suite();
    const auto seconds = static_cast<uint32_t>(suite.argc > 1 ? std::atoi(suite.argv[1]) : 30);
    const std::vector<SongMessage> messages = random_song(seconds);
    write_messages(folder.file("song.mid"), messages);
    const Outcome rendered = run({TIMBREL, "render", bank, folder.file("song.mid"), "--float", "-o",
                                  folder.file("render.wav"), "--set", "polyphony=16"});
    BOOST_REQUIRE_MESSAGE(rendered.status == 0, rendered.err);

    player = std::make_unique<Child>(std::vector<std::string>{TIMBREL, "play", bank, "--no-window", "--record",
                                                              folder.file("recording.wav"), "--set", "polyphony=16"},
                                     folder.file("player.log"));
    wait_until_playing();
    BOOST_TEST(probe->connect("Timbrel:out_left", probe->audio_in(0)));
    BOOST_TEST(probe->connect(probe->midi_out(), "Timbrel:midi_in"));
    std::vector<JackProbe::Event> events;
    for (const SongMessage& message : messages) events.push_back({message.time * (rate / 1000), message.bytes});
    jack_set_freewheel(probe->client(), 1);
    const auto begin = std::chrono::steady_clock::now();
    probe->play_and_record(events, (seconds + 3) * rate);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    jack_set_freewheel(probe->client(), 0);
    player->signal(SIGTERM);
    BOOST_TEST(player->wait(20) == 0, player->output());
    BOOST_TEST(player->output().find("missing") == std::string::npos, player->output());

    const SoundFile recording(folder.file("recording.wav")), render(folder.file("render.wav"));
    const size_t recording_start = onset(recording.left, 0), render_start = onset(render.left, 0);
    BOOST_TEST(render_start >= rate / 10);
    const size_t length = size_t{seconds} * rate - render_start;
    BOOST_REQUIRE(recording.left.size() >= recording_start + length);
    BOOST_REQUIRE(render.left.size() >= render_start + length);
    size_t different = 0;
    for (size_t i = 0; i < length; ++i)
        different += recording.left[recording_start + i] != render.left[render_start + i] ||
                     recording.right[recording_start + i] != render.right[render_start + i];
    BOOST_TEST(different == 0u);
    BOOST_TEST(peak(render.left) > 0.2);
    std::printf("%u seconds, %zu events, recorded in %.1f s: %zu samples of %zu differ\n", seconds, messages.size(),
                elapsed.count(), different, length);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
