// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/commands/bench_command.h"

#include "common/error.h"
#include "models/audio/knobs/families.h"
#include "models/commands/commands.h"
#include "models/commands/machine_limits.h"
#include "models/tensor/stage_timer.h"
#include "plugin/engine/bank/bank.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <sys/resource.h>

namespace timbrel::models {
namespace {

namespace fs = std::filesystem;

// Removed with its contents by the destructor.
class WorkFolder {
  public:
    WorkFolder() {
        std::string name = (fs::temp_directory_path() / "timbrel-bench-XXXXXX").string();
        if (!mkdtemp(name.data())) throw Error(name + ": cannot create a folder");
        path_ = name;
    }
    ~WorkFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& t) { return double(t.tv_sec) + 1e-6 * double(t.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_megabytes() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return double(usage.ru_maxrss) / 1024;
}

// Synthesises the corners into the folder, so that every machine bakes the same. Returns their options of `bake`.
std::vector<std::string> standard_corners(const fs::path& folder) {
    const std::pair<const char*, audio::KnobFamily> corners[] = {{"--nw", audio::oscillator_families().front()},
                                                                 {"--ne", audio::filter_families().front()},
                                                                 {"--sw", audio::string_families().front()},
                                                                 {"--se", audio::wind_families().front()}};
    std::vector<std::string> options;
    for (const auto& [option, family] : corners) {
        const fs::path corner = folder / (option + 2);
        fs::create_directory(corner);
        for (const int pitch : {48, 72})
            for (const int velocity : {50, 110}) {
                const std::string name = "midi" + std::to_string(pitch) + "_v" + std::to_string(velocity) + ".wav";
                audio::write_audio(corner / name, family.open()->note({pitch, velocity, 2.5, .8, 0}, .5));
            }
        options.insert(options.end(), {option, corner.string()});
    }
    return options;
}

struct Bake {
    double start_seconds = 0, cpu_seconds = 0, wall_seconds = 0;
    torch::Device device = torch::kCPU;
    std::string output;
};

// Bakes by the options of `bake`.
Bake timed_bake(std::vector<std::string> options) {
    Bake measured;
    CLI::App program("", "timbrel-bake bench");
    add_bake_command(
        program, [&](const auto& recipe, const auto& shard, auto device, const auto& output, double minutes) {
            measured.start_seconds = cpu_seconds();
            measured.device = device;
            measured.output = output;
            const auto start = std::chrono::steady_clock::now();
            bake(recipe, shard, device, output, minutes);
            measured.wall_seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            measured.cpu_seconds = cpu_seconds() - measured.start_seconds;
        });
    options.insert(options.begin(), "bake");
    std::ranges::reverse(options); // as CLI11 takes them
    program.parse(options);
    return measured;
}

double audio_seconds(const engine::Bank& bank) {
    double frames = 0;
    const auto notes = uint32_t(bank.pitches().size() * bank.velocities().size());
    for (uint32_t note = 0; note < notes; ++note) frames += double(bank.entry(note, 0).frames) * bank.cells();
    return frames / bank.rate();
}

nlohmann::ordered_json report(const Bake& measured) {
    const auto bank = engine::Bank::open(measured.output);
    const double sound = audio_seconds(*bank);
    const auto staged = stage_seconds();
    nlohmann::ordered_json stages;
    double rest = measured.cpu_seconds;
    const auto add = [&](const char* name, double seconds) {
        stages.push_back({{"stage", name}, {"cpu_seconds", seconds}, {"share", seconds / measured.cpu_seconds}});
        if (seconds > 0) stages.back()["times_real_time"] = sound / seconds;
    };
    for (size_t i = 0; i < staged.size(); ++i) {
        add(stage_names[i], staged[i]);
        rest -= staged[i];
    }
    add("rest", std::max(0., rest));
    const double peak = peak_megabytes();
    const auto limits = measure_limits(measured.device, fs::absolute(measured.output).parent_path());
    return {{"device", measured.device.str()},
            {"columns", bank->columns()},
            {"rows", bank->rows()},
            {"pitches", bank->pitches().size()},
            {"velocities", bank->velocities().size()},
            {"audio_seconds", sound},
            {"start_cpu_seconds", measured.start_seconds},
            {"cpu_seconds", measured.cpu_seconds},
            {"seconds", measured.wall_seconds},
            {"times_real_time", sound / measured.wall_seconds},
            {"times_real_time_of_a_cpu_second", sound / measured.cpu_seconds},
            {"stages", stages},
            {"peak_memory_mb", peak},
            {"bank_mb", double(fs::file_size(measured.output)) * 1e-6},
            {"limits",
             {{"product_gflops", limits.product_gflops},
              {"memory_gb_per_second", limits.memory_gb},
              {"disk_mb_per_second", limits.disk_mb}}}};
}

void print_table(const nlohmann::ordered_json& r) {
    std::printf("%.0f s of cell audio: %u x %u cells, %u pitches, %u velocities; device %s\n\n",
                r["audio_seconds"].get<double>(), r["columns"].get<unsigned>(), r["rows"].get<unsigned>(),
                r["pitches"].get<unsigned>(), r["velocities"].get<unsigned>(), r["device"].get<std::string>().c_str());
    std::printf("stage        CPU s   share   x real time\n");
    for (const auto& stage : r["stages"])
        std::printf("%-10s %7.2f   %4.1f %%   %11.0f\n", stage["stage"].get<std::string>().c_str(),
                    stage["cpu_seconds"].get<double>(), 100 * stage["share"].get<double>(),
                    stage.value("times_real_time", 0.));
    std::printf("all        %7.2f  100.0 %%   %11.1f\n\n", r["cpu_seconds"].get<double>(),
                r["times_real_time_of_a_cpu_second"].get<double>());
    std::printf("wall clock         %8.1f s, %.1f x real time\n", r["seconds"].get<double>(),
                r["times_real_time"].get<double>());
    std::printf("start, before that %8.2f CPU s\n", r["start_cpu_seconds"].get<double>());
    std::printf("peak memory        %8.0f MB\n", r["peak_memory_mb"].get<double>());
    std::printf("bank               %8.0f MB\n\n", r["bank_mb"].get<double>());
    const auto& limits = r["limits"];
    std::printf("limits of one core or of the device: matrix product %.0f GFLOP/s, memory %.1f GB/s; disk %.0f MB/s\n",
                limits["product_gflops"].get<double>(), limits["memory_gb_per_second"].get<double>(),
                limits["disk_mb_per_second"].get<double>());
}

bool has_option(const std::vector<std::string>& options, std::initializer_list<const char*> names) {
    return std::ranges::any_of(options, [&](const std::string& option) {
        return std::ranges::any_of(names, [&](const char* name) { return option.substr(0, option.find('=')) == name; });
    });
}

void bench_bake(std::vector<std::string> options, bool as_json) {
    const WorkFolder folder;
    if (!has_option(options, {"--nw", "--line", "--map"})) {
        const auto corners = standard_corners(folder.path());
        options.insert(options.begin(), corners.begin(), corners.end());
        for (const auto& [option, value] : {std::pair{"--pitches", "48,72"}, {"--velocities", "50,110"}})
            if (!has_option(options, {option})) options.insert(options.end(), {option, value});
    }
    if (!has_option(options, {"-o", "--output"}))
        options.insert(options.end(), {"-o", folder.path() / "bench.timbrel"});
    const auto result = report(timed_bake(std::move(options)));
    if (as_json)
        std::printf("%s\n", result.dump(2).c_str());
    else
        print_table(result);
}

} // namespace

void add_bench_command(CLI::App& program) {
    auto* bench = program.add_subcommand("bench", "Measure the speed of this machine.");
    bench->require_subcommand(1);
    auto* command =
        bench->add_subcommand("bake", "Bake, and print the time of each stage next to the limits of this machine.");
    command->footer(
        "All other options are those of `timbrel bake`. Without sources it bakes 9 x 9 cells, 2 pitches and "
        "2 velocities of sounds that it synthesises; without -o it removes the bank.");
    command->allow_extras();
    auto as_json = std::make_shared<bool>(false);
    command->add_flag("--json", *as_json, "print one JSON object");
    command->callback([command, as_json] { bench_bake(command->remaining(), *as_json); });
}

} // namespace timbrel::models
