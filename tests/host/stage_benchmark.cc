// A long evening in short: `timbrel play` at 64 frames with 128 voices, a flood of MIDI, X and Y in a storm and another
// bank every second. Fails when the process callback made a period late, waited for a page or let memory grow.
// Argument: minutes.
#include "tests/host/jack_probe.h"
#include "tests/host/songs.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include <jack/jack.h>

using namespace timbrel::test;

namespace {

constexpr uint32_t rate = 48000, stretch = 10 * rate;

// Ten seconds: 60 notes a second, each held for two, 2000 controllers a second, a program change each second.
std::vector<JackProbe::Event> storm(std::mt19937& random) {
    std::vector<JackProbe::Event> events;
    const auto any = [&](uint32_t below) { return static_cast<uint8_t>(random() % below); };
    for (uint32_t i = 0; i < 600; ++i) {
        const uint32_t frame = i * (stretch / 600);
        const auto channel = any(16);
        const auto key = static_cast<uint8_t>(24 + any(84));
        events.push_back({frame, {static_cast<uint8_t>(0x90 | channel), key, static_cast<uint8_t>(1 + any(127))}});
        events.push_back(
            {std::min(frame + 2 * rate, stretch - 1), {static_cast<uint8_t>(0x80 | channel), key, any(128)}});
    }
    for (uint32_t i = 0; i < 20000; ++i) {
        static constexpr uint8_t controllers[] = {16, 17, 16, 17, 1, 11, 74, 67};
        const uint32_t frame = i * (stretch / 20000);
        if (i % 10 == 9)
            events.push_back({frame, {static_cast<uint8_t>(0xe0 | any(16)), any(128), any(128)}});
        else
            events.push_back({frame, {static_cast<uint8_t>(0xb0 | any(16)), controllers[any(8)], any(128)}});
    }
    for (uint32_t second = 0; second < 10; ++second)
        events.push_back({second * rate, {0xc0, static_cast<uint8_t>(second % 2), 0}});
    std::ranges::stable_sort(events, {}, &JackProbe::Event::frame);
    return events;
}

long private_kilobytes(int process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8));
    return 0;
}

size_t count_of(const std::string& text, const std::string& word) {
    size_t count = 0;
    for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
    return count;
}

} // namespace

int main(int count, char** arguments) {
    const int minutes = count > 1 ? std::atoi(arguments[1]) : 10;
    if (!have({"jackd", "jack_wait"})) return skipped;
    const TemporaryFolder folder;
    write_tone_bank(folder.file("a.timbrel"));
    write_tone_bank(folder.file("b.timbrel"));
    const JackServer server(64, rate, JackServer::Pace::stage);
    if (!server.up()) return skipped;
    JackProbe probe;
    Child player({"env", "LD_PRELOAD=" CALLBACK_WATCH, "CALLBACK_WATCH=" + folder.file("watch"),
                  "TIMBREL_BANKS=" + folder.file(""), TIMBREL, "play", folder.file("a.timbrel"), "--no-window", "--set",
                  "polyphony=128"},
                 folder.file("player.log"));
    // Its ports are there before it takes part, and cannot be connected until then.
    for (int i = 0; i < 200 && player.output().find("playing") == std::string::npos; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    if (!probe.connect("Timbrel:out_left", probe.audio_in(0)) || !probe.connect(probe.midi_out(), "Timbrel:midi_in")) {
        std::printf("the player did not start: %s\n", player.output().c_str());
        return 1;
    }
    std::mt19937 random(1);
    long first = 0;
    float loudest = 0;
    for (int i = 0; i < 6 * minutes; ++i) {
        probe.perform(storm(random), stretch);
        if (i == 0) first = private_kilobytes(player.process());
        loudest = std::max(loudest, *std::ranges::max_element(probe.left));
    }
    const long last = private_kilobytes(player.process());
    const double load = jack_cpu_load(probe.client());
    player.signal(SIGTERM);
    player.wait(10);
    const std::string watch = read_file(folder.file("watch"));
    std::printf("%d minutes: the server counts %zu late periods; private memory %ld kB after 10 s, %ld kB at the end; "
                "peak %.2f; load of the graph %.0f %%\nthe callback: %s",
                minutes, count_of(server.log(), "XRun") + count_of(server.log(), "xrun"), first, last, double(loudest),
                load, watch.c_str());
    const bool kept_time = watch.find(" 0 of them by own work; 0 waits, 0 major") != std::string::npos;
    const bool kept_size = last <= first + first / 50;
    return kept_time && kept_size ? 0 : 1;
}
