// What one note costs, beside a voice of libfluidsynth in the same run. Prints a table, and JSON with --json.
// Usage: speed_benchmark SOUNDFONT [--json]
#include "plugin/engine/simd.h"
#include "tests/engine/player.h"
#include "tests/engine/synthetic_bank.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fluidsynth.h>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

using namespace timbrel;
using namespace timbrel::test;

namespace {

constexpr double rate = 48000.0;
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

// A plane of 7 × 7 cells, two velocity layers, a note every four semitones.
SyntheticBank plane_sound() {
    SyntheticBank bank;
    bank.columns = bank.rows = 7;
    bank.pitches = {36, 40, 44, 48, 52, 56, 60, 64, 68, 72, 76, 80, 84};
    bank.velocities = {50, 110};
    bank.shape = {24000, 4800, 24000};
    bank.sound = [](const CellSound& at) { return ((at.frame * 7919 + at.column * 31 + at.row * 17) % 1000) / 1e5; };
    bank.decay = [](uint32_t column, uint32_t) { return static_cast<float>(column); };
    return bank;
}

// Notes that sound for ever, between two velocity layers, while X and Y are always on the way.
class Morph {
  public:
    Morph(std::shared_ptr<const Bank> bank, uint32_t notes, bool filtered) : player_(std::move(bank)) {
        player_.set(Parameter::polyphony, 256);
        player_.set(Parameter::sustain, -1.0f);
        if (filtered) player_.set(Parameter::cutoff, 2000.0f);
        for (uint32_t i = 0; i < notes; ++i)
            player_.send({0x90 + static_cast<int>(i / 48), 36 + static_cast<int>(i % 48), 80});
        render(4800, 64);
    }
    double render(uint32_t frames, uint32_t block) {
        float left[1024], right[1024];
        return seconds([&] {
            for (uint32_t done = 0; done < frames; done += block) {
                phase_ += 0.01;
                player_.set(Parameter::x, static_cast<float>(0.5 + 0.5 * std::sin(phase_)));
                player_.set(Parameter::y, static_cast<float>(0.5 + 0.5 * std::cos(1.3 * phase_)));
                player_.instrument.render(left, right, nullptr, nullptr, block);
            }
        });
    }

  private:
    Player player_;
    double phase_ = 0.0;
};

// Voices of libfluidsynth, counted by itself: a preset may take several for a note.
class Fluid {
  public:
    Fluid(const char* font, uint32_t notes, int interpolation) : settings_(new_fluid_settings()) {
        fluid_settings_setnum(settings_, "synth.sample-rate", rate);
        fluid_settings_setint(settings_, "synth.reverb.active", 0);
        fluid_settings_setint(settings_, "synth.chorus.active", 0);
        fluid_settings_setint(settings_, "synth.polyphony", 512);
        synth_ = new_fluid_synth(settings_);
        fluid_synth_sfload(synth_, font, 1);
        fluid_synth_set_interp_method(synth_, -1, interpolation);
        for (uint32_t i = 0; i < notes; ++i) {
            const int channel = static_cast<int>(i / 48);
            fluid_synth_program_change(synth_, channel, 73); // a flute: it sounds for ever
            fluid_synth_noteon(synth_, channel, 48 + static_cast<int>(i % 48), 80);
        }
        render(4800, 64);
    }
    ~Fluid() {
        delete_fluid_synth(synth_);
        delete_fluid_settings(settings_);
    }
    Fluid(const Fluid&) = delete;
    Fluid& operator=(const Fluid&) = delete;
    uint32_t voices() const { return static_cast<uint32_t>(fluid_synth_get_active_voice_count(synth_)); }
    double render(uint32_t frames, uint32_t block) {
        float left[1024], right[1024];
        return seconds([&] {
            for (uint32_t done = 0; done < frames; done += block)
                fluid_synth_write_float(synth_, static_cast<int>(block), left, 0, 1, right, 0, 1);
        });
    }

  private:
    fluid_settings_t* settings_;
    fluid_synth_t* synth_;
};

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
    if (count < 2) {
        std::fprintf(stderr, "usage: %s SOUNDFONT [--json]\n", arguments[0]);
        return 2;
    }
    const bool json = count > 2 && std::strcmp(arguments[2], "--json") == 0;
    if (!json)
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
                ours.push_back(plain.render(frames, block) * scale / notes);
                with_filter.push_back(filtered.render(frames, block) * scale / notes);
                of_fourth.push_back(fourth.render(frames, block) * scale / fourth.voices());
                of_seventh.push_back(seventh.render(frames, block) * scale / seventh.voices());
                ratio.push_back(ours.back() / of_seventh.back());
                ratio_filtered.push_back(with_filter.back() / of_seventh.back());
            }
            const double cost = median(ours);
            const auto cores_notes = static_cast<unsigned>(1e9 / rate / cost);
            if (!json)
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
    const auto load = loading();
    if (json)
        std::printf("%s\n",
                    nlohmann::json{{"simd", simd().name}, {"results", table}, {"loading", load}}.dump(2).c_str());
    else
        std::printf("loading: %s\n", load.dump().c_str());
}
