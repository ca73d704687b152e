// A long evening in short: `timbrel play` at 64 frames with 128 voices, a flood of MIDI, X and Y in a storm and another
// bank every second. Fails when the process callback made a period late, waited for a page or let memory grow.
// Argument: minutes.
#include "tests/engine/storm.h"
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
    const JackServer server(64, storm_rate, JackServer::Pace::stage);
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
        std::vector<JackProbe::Event> events;
        for (const auto& [frame, bytes] : storm(random)) events.push_back({frame, bytes});
        probe.perform(events, storm_frames);
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
