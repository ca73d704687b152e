// SPDX-License-Identifier: GPL-3.0-or-later
// The cost of a note in comparison with a voice of libfluidsynth in the same run. Prints a table, then the same as
// JSON. Usage: speed_benchmark SOUNDFONT
#include "common/stats.h"
#include "plugin/engine/dsp/simd.h"
#include "tests/plugin/engine/support/synth_comparison.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;

namespace {

constexpr double rate = comparison_rate;
constexpr uint32_t repetitions = 41;

// CPU time of this thread, which depends less on other work of the machine.
double thread_cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template<class Work>
double seconds(Work work) {
    const double start = thread_cpu_seconds();
    work();
    return thread_cpu_seconds() - start;
}

// Private memory of this process in kB.
long private_memory_kb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8));
    return 0;
}

// Times of opening a bank of about 220 MB that is in the page cache, and the memory of eight synths that use it.
nlohmann::json measure_loading() {
    const TemporaryFolder folder;
    auto bank = benchmark_bank();
    bank.shape = {48000, 4800, 48000};
    bank.write(folder.file("bank.timbrel"));
    std::shared_ptr<const Bank> opened;
    const long before = private_memory_kb();
    const double opening = seconds([&] { opened = Bank::open(folder.file("bank.timbrel")); });
    double first = 0;
    std::vector<std::unique_ptr<Synth>> synths;
    for (int i = 0; i < 8; ++i) {
        synths.push_back(std::make_unique<Synth>(rate));
        const double exchanging = seconds([&] { synths.back()->exchange_bank(opened); });
        if (i == 0) first = exchanging;
    }
    return {{"bank_megabytes", opened->file_bytes() >> 20},
            {"open_ms", opening * 1e3},
            {"first_note_ready_ms", (opening + first) * 1e3},
            {"private_kb_of_eight_instruments", private_memory_kb() - before}};
}

} // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: %s SOUNDFONT\n", arguments[0]);
        return 2;
    }
    std::printf("%s, %.0f frames per second; ns per note and frame\n"
                "notes block |  note  +filter | fluidsynth 4th   7th | ratio to 7th, filtered | notes per core\n",
                simd().name, rate);
    const auto bank = benchmark_bank().open();
    nlohmann::json table = nlohmann::json::array();
    for (const uint32_t notes : {16u, 64u, 256u})
        for (const uint32_t block : {64u, 256u}) {
            const uint32_t frames = 48000 * 2 / notes / 256 * 256 + 256;
            TimbrelNotes plain(bank, notes, Extras::none), filtered(bank, notes, Extras::filter);
            FluidsynthVoices fourth(arguments[1], notes, FLUID_INTERP_4THORDER),
                seventh(arguments[1], notes, FLUID_INTERP_7THORDER);
            std::vector<double> plain_ns, filtered_ns, fourth_ns, seventh_ns, ratio, ratio_filtered;
            const double scale = 1e9 / frames;
            for (uint32_t repetition = 0; repetition < repetitions; ++repetition) {
                plain_ns.push_back(seconds([&] { plain.render(frames, block); }) * scale / notes);
                filtered_ns.push_back(seconds([&] { filtered.render(frames, block); }) * scale / notes);
                fourth_ns.push_back(seconds([&] { fourth.render(frames, block); }) * scale / fourth.voices());
                seventh_ns.push_back(seconds([&] { seventh.render(frames, block); }) * scale / seventh.voices());
                ratio.push_back(plain_ns.back() / seventh_ns.back());
                ratio_filtered.push_back(filtered_ns.back() / seventh_ns.back());
            }
            const double cost = median(plain_ns);
            const auto notes_per_core = static_cast<unsigned>(1e9 / rate / cost);
            std::printf("%5u %5u | %5.2f %8.2f | %14.2f %5.2f | %12.2f %9.2f | %u\n", notes, block, cost,
                        median(filtered_ns), median(fourth_ns), median(seventh_ns), median(ratio),
                        median(ratio_filtered), notes_per_core);
            table.push_back({{"notes", notes},
                             {"block", block},
                             {"ns", cost},
                             {"ns_filtered", median(filtered_ns)},
                             {"fluidsynth_4th_ns", median(fourth_ns)},
                             {"fluidsynth_7th_ns", median(seventh_ns)},
                             {"ratio", median(ratio)},
                             {"ratio_filtered", median(ratio_filtered)},
                             {"notes_per_core", notes_per_core}});
        }
    std::printf(
        "%s\n",
        nlohmann::json{{"simd", simd().name}, {"results", table}, {"loading", measure_loading()}}.dump(2).c_str());
}
