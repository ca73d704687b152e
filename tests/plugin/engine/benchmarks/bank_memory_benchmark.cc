// SPDX-License-Identifier: GPL-3.0-or-later
// What a bank of about 240 MB costs that is in the page cache: the time until it is open, until its first note can be
// played and until it is in memory; the memory of one and of eight instruments; the work of the stream thread when 32
// voices stream it.
#include "tests/plugin/engine/support/player.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <thread>

#include <sys/resource.h>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
using std::chrono::steady_clock;

namespace {

constexpr uint32_t second = 48000, block = 64, streamed_seconds = 20;
constexpr std::chrono::seconds loading_time{4};

double milliseconds_since(steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
}

double processor_seconds(int who) {
    rusage use{};
    getrusage(who, &use);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

// Of all threads but this one.
double background_seconds() { return processor_seconds(RUSAGE_SELF) - processor_seconds(RUSAGE_THREAD); }

long memory_megabytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8)) / 1024;
    return 0;
}

void load(const std::string& path) {
    auto start = steady_clock::now();
    const auto bank = Bank::open(path);
    const double opening = milliseconds_since(start);
    Synth synth(second);
    synth.exchange_bank(bank);
    std::printf("%.0f MB: open after %.1f ms, playable after %.0f ms", static_cast<double>(bank->file_bytes()) / 1e6,
                opening, milliseconds_since(start));
    const double before = background_seconds();
    std::this_thread::sleep_for(loading_time);
    std::printf(", the rest read in the background with %.0f ms of work\n", 1e3 * (background_seconds() - before));
    const long one = memory_megabytes();
    std::vector<std::unique_ptr<Synth>> others;
    for (int i = 0; i < 7; ++i) {
        others.push_back(std::make_unique<Synth>(second));
        others.back()->exchange_bank(Bank::open(path));
    }
    std::this_thread::sleep_for(loading_time);
    std::printf("memory of one instrument %ld MB, of eight %ld MB\n", one, memory_megabytes());
}

void stream(const std::string& path) {
    Player player(nullptr, second, block);
    player.synth.exchange_bank(Bank::open(path), 0);
    player.set(Parameter::polyphony, 32);
    std::this_thread::sleep_for(loading_time);
    std::mt19937 random(1);
    const double before = background_seconds();
    player.play_in_real_time(streamed_seconds * second, [&](uint32_t frame) {
        if (frame % 6400 == 0)
            player.note_on(30 + static_cast<int>(random() % 60), 1 + static_cast<int>(random() % 127));
        player.set_lissajous_xy(frame / double(second));
    });
    const auto status = player.synth.status();
    std::printf("streamed: %u voices, %u dropouts, stream thread %.1f %% of a core, memory %ld MB\n", status.voices,
                status.dropouts, 100 * (background_seconds() - before) / streamed_seconds, memory_megabytes());
}

} // namespace

int main() {
    const TemporaryFolder folder;
    const std::string path = folder.file("bank.timbrel");
    auto bank = benchmark_bank();
    bank.shape = {second, 4800, second};
    bank.write(path);
    load(path);
    stream(path);
}
