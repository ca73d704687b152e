// What one note costs, beside a voice of libfluidsynth in the same run. Prints a table, then the same as JSON.
// Usage: speed_benchmark SOUNDFONT
#include "plugin/engine/dsp/simd.h"
#include "tests/plugin/engine/support/compared.h"

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

constexpr double rate = compared_rate;
constexpr uint32_t rounds = 41;

// Of this thread, so that other work on the machine counts less.
double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template<class Work>
double seconds(Work work) {
    const double start = processor_seconds();
    work();
    return processor_seconds() - start;
}

double median(std::vector<double> values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

// Private memory of this process in kB.
long private_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("RssAnon:", 0) == 0) return std::stol(line.substr(8));
    return 0;
}

// Opening a bank of some 220 MB that lies in the page cache, and eight instruments that play it.
nlohmann::json loading() {
    const TemporaryFolder folder;
    auto bank = plane_sound();
    bank.shape = {48000, 4800, 48000};
    bank.write(folder.file("bank.timbrel"));
    std::shared_ptr<const Bank> opened;
    const long before = private_memory();
    const double opening = seconds([&] { opened = Bank::open(folder.file("bank.timbrel")); });
    double first = 0;
    std::vector<std::unique_ptr<Instrument>> instruments;
    for (int i = 0; i < 8; ++i) {
        instruments.push_back(std::make_unique<Instrument>(rate));
        const double offering = seconds([&] { instruments.back()->exchange_bank(opened); });
        if (i == 0) first = offering;
    }
    return {{"bank_megabytes", opened->file_bytes() >> 20},
            {"open_ms", opening * 1e3},
            {"first_note_ready_ms", (opening + first) * 1e3},
            {"private_kb_of_eight_instruments", private_memory() - before}};
}

} // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: %s SOUNDFONT\n", arguments[0]);
        return 2;
    }
    std::printf("%s, %.0f frames a second; ns for a note and frame\n"
                "notes block |  note  +filter | fluidsynth 4th   7th | ratio to 7th, filtered | notes a core\n",
                simd().name, rate);
    const auto bank = plane_sound().open();
    nlohmann::json table = nlohmann::json::array();
    for (const uint32_t notes : {16u, 64u, 256u})
        for (const uint32_t block : {64u, 256u}) {
            const uint32_t frames = 48000 * 2 / notes / 256 * 256 + 256;
            Morph plain(bank, notes, false), filtered(bank, notes, true);
            Fluid fourth(arguments[1], notes, FLUID_INTERP_4THORDER),
                seventh(arguments[1], notes, FLUID_INTERP_7THORDER);
            std::vector<double> ours, with_filter, of_fourth, of_seventh, ratio, ratio_filtered;
            const double scale = 1e9 / frames;
            for (uint32_t round = 0; round < rounds; ++round) {
                ours.push_back(seconds([&] { plain.render(frames, block); }) * scale / notes);
                with_filter.push_back(seconds([&] { filtered.render(frames, block); }) * scale / notes);
                of_fourth.push_back(seconds([&] { fourth.render(frames, block); }) * scale / fourth.voices());
                of_seventh.push_back(seconds([&] { seventh.render(frames, block); }) * scale / seventh.voices());
                ratio.push_back(ours.back() / of_seventh.back());
                ratio_filtered.push_back(with_filter.back() / of_seventh.back());
            }
            const double cost = median(ours);
            const auto cores_notes = static_cast<unsigned>(1e9 / rate / cost);
            std::printf("%5u %5u | %5.2f %8.2f | %14.2f %5.2f | %12.2f %9.2f | %u\n", notes, block, cost,
                        median(with_filter), median(of_fourth), median(of_seventh), median(ratio),
                        median(ratio_filtered), cores_notes);
            table.push_back({{"notes", notes},
                             {"block", block},
                             {"ns", cost},
                             {"ns_filtered", median(with_filter)},
                             {"fluidsynth_4th_ns", median(of_fourth)},
                             {"fluidsynth_7th_ns", median(of_seventh)},
                             {"ratio", median(ratio)},
                             {"ratio_filtered", median(ratio_filtered)},
                             {"notes_per_core", cores_notes}});
        }
    std::printf("%s\n",
                nlohmann::json{{"simd", simd().name}, {"results", table}, {"loading", loading()}}.dump(2).c_str());
}
