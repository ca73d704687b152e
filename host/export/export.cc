// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/export.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "common/text/xy_path.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/export/bank_sources.h"
#include "host/export/nsynth_pad.h"
#include "host/export/sampled_instrument.h"
#include "host/export/wavetable.h"
#include "host/export/wavetable_file.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <variant>
#include <vector>

namespace timbrel::host {

namespace {

namespace fs = std::filesystem;

// Positions per side. A player gives each of them a voice, so SFZ has few by default. With 3, linear mixing is up to
// 8 dB wrong between positions.
constexpr int sfz_cells = 3, decent_sampler_cells = 5;
constexpr int default_frames = 256; // Serum's maximum
constexpr int default_pitch = 48;   // low enough for many partials, high enough to separate them
constexpr int vital_frames = 257;   // the number of positions in Vital, so that it does not interpolate

struct InstrumentFormat {
    void (*write)(const engine::Bank&, const InstrumentPlan&, const std::string& folder);
    int cells = 1;             // per side, by default; 1 for a format of one position
    bool hardest_only = false; // of the velocity layers, by default
};

struct WavetableFormat {
    void (*write)(const std::string& path, std::span<const float> frames);
    const char* extension;
    int frames; // by default
};

// The whole plane in a layout without options.
struct PlaneFormat {
    void (*write)(const engine::Bank&, const std::string& folder);
};

struct Format {
    std::string_view name, description;
    std::variant<InstrumentFormat, WavetableFormat, PlaneFormat> kind;
};

constexpr Format formats[] = {
    {"sfz", "SFZ samplers", InstrumentFormat{write_sfz, sfz_cells, true}},
    {"dspreset", "Decent Sampler", InstrumentFormat{write_decent_sampler, decent_sampler_cells}},
    {"multisample", "Bitwig Studio, Studio One", InstrumentFormat{write_multisample}},
    {"sf2", "SoundFont players", InstrumentFormat{write_soundfont}},
    {"wav", "looped WAV files", InstrumentFormat{write_wav_folder}},
    {"nsynth-super", "Open NSynth Super", PlaneFormat{write_nsynth_pad}},
    {"serum", "Serum", WavetableFormat{write_wav_wavetable, ".wav", default_frames}},
    {"surge", "Surge XT", WavetableFormat{write_surge_wavetable, ".wt", default_frames}},
    {"vital", "Vital", WavetableFormat{write_wav_wavetable, ".wav", vital_frames}},
};

bool is_wavetable(const Format& format) { return std::holds_alternative<WavetableFormat>(format.kind); }
bool is_instrument(const Format& format) { return std::holds_alternative<InstrumentFormat>(format.kind); }

// The options that some formats do not take.
struct Option {
    const char* name;
    bool (*given)(const ExportOptions& options);
    bool (*taken)(const Format& format);
};

constexpr Option format_options[] = {
    {"--cells", [](const ExportOptions& options) { return options.cells.has_value(); },
     [](const Format& format) { return is_instrument(format) && std::get<InstrumentFormat>(format.kind).cells > 1; }},
    {"--all-velocities", [](const ExportOptions& options) { return options.all_velocities; },
     [](const Format& format) {
         return is_instrument(format) && std::get<InstrumentFormat>(format.kind).hardest_only;
     }},
    {"--resample", [](const ExportOptions& options) { return options.rate.has_value(); }, is_instrument},
    {"--x", [](const ExportOptions& options) { return options.x.has_value(); },
     [](const Format& format) { return is_instrument(format) || is_wavetable(format); }},
    {"--y", [](const ExportOptions& options) { return options.y.has_value(); },
     [](const Format& format) { return is_instrument(format) || is_wavetable(format); }},
    {"--xy", [](const ExportOptions& options) { return !options.xy.empty(); }, is_wavetable},
    {"--frames", [](const ExportOptions& options) { return options.frames.has_value(); }, is_wavetable},
    {"--pitch", [](const ExportOptions& options) { return options.pitch.has_value(); }, is_wavetable},
};

// "A, B or C"
std::string join(const std::vector<std::string>& texts) {
    std::string list;
    for (size_t i = 0; i < texts.size(); ++i) list += (i == 0 ? "" : i + 1 == texts.size() ? " or " : ", ") + texts[i];
    return list;
}

std::string format_names(bool (*wanted)(const Format&)) {
    std::vector<std::string> names;
    for (const Format& format : formats)
        if (wanted(format)) names.emplace_back(format.name);
    return join(names);
}

const Format& find_format(const std::string& name) {
    const auto found = std::ranges::find(formats, name, &Format::name);
    if (found != std::end(formats)) return *found;
    throw UsageError("--to " + name + ": no such format; take " + format_names([](const Format&) { return true; }));
}

void check_options(const ExportOptions& options, const Format& format) {
    for (const Option& option : format_options)
        if (option.given(options) && !option.taken(format))
            throw UsageError(std::string(option.name) + " is for the formats " + format_names(option.taken));
    if (is_wavetable(format) && options.x && options.y)
        throw UsageError(
            "a wavetable follows a path across the plane: give --x or --y for a straight line, or --xy for any path");
    if (options.cells && (options.x || options.y))
        throw UsageError("--cells is for the whole plane, --x and --y are for one position");
}

// A straight line at a given X or Y; otherwise along three sides of the plane, through every corner.
std::vector<PlanePosition> default_path(const ExportOptions& options, const engine::Bank& bank) {
    if (options.x) return {{*options.x, 0}, {*options.x, 1}};
    if (options.y || bank.rows() == 1) return {{0, options.y.value_or(0.5)}, {1, options.y.value_or(0.5)}};
    if (bank.columns() == 1) return {{0.5, 0}, {0.5, 1}};
    return {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
}

std::vector<PlanePosition> wavetable_path(const ExportOptions& options, const engine::Bank& bank, int frames) {
    std::vector<PlanePosition> positions;
    if (!options.xy.empty()) {
        const XyPath path = XyPath::read(options.xy);
        for (int i = 0; i < frames; ++i) {
            const XyPoint point = path.at(path.begin() + (path.end() - path.begin()) * i / std::max(1, frames - 1));
            positions.push_back({point.x, point.y});
        }
        return positions;
    }
    const auto vertices = default_path(options, bank);
    const auto sides = static_cast<double>(vertices.size() - 1);
    for (int i = 0; i < frames; ++i) {
        const double distance = sides * i / std::max(1, frames - 1);
        const auto side = std::min(static_cast<size_t>(distance), vertices.size() - 2);
        const double fraction = distance - static_cast<double>(side);
        const PlanePosition from = vertices[side], to = vertices[side + 1];
        positions.push_back({from.x + (to.x - from.x) * fraction, from.y + (to.y - from.y) * fraction});
    }
    return positions;
}

void write(const WavetableFormat& format, const ExportOptions& options, const engine::Bank& bank,
           const std::string& name) {
    const auto pitches = bank.pitches();
    const int target = options.pitch.value_or(default_pitch);
    const auto nearest =
        std::ranges::min_element(pitches, {}, [&](int pitch) { return std::abs(pitch - target); }) - pitches.begin();
    const auto hardest = static_cast<uint32_t>(bank.velocities().size() - 1);
    const auto positions = wavetable_path(options, bank, options.frames.value_or(format.frames));
    const auto frames = wavetable(bank, bank.note(static_cast<uint32_t>(nearest), hardest), positions);
    format.write(options.out + "/" + name + format.extension, frames);
}

void write(const InstrumentFormat& format, const ExportOptions& options, const engine::Bank& bank,
           const std::string& name) {
    const bool one_position = options.x || options.y || format.cells == 1;
    const auto cells = static_cast<size_t>(options.cells.value_or(format.cells));
    const auto axis_positions = [&](std::optional<double> fixed, uint32_t bank_cells) {
        if (one_position) return std::vector<double>{fixed.value_or(0.5)};
        std::vector<double> positions;
        for (size_t i = 0; bank_cells > 1 && i < cells; ++i)
            positions.push_back(static_cast<double>(i) / static_cast<double>(cells - 1));
        return positions.empty() ? std::vector<double>{0.5} : positions;
    };
    InstrumentPlan plan{name, axis_positions(options.x, bank.columns()), axis_positions(options.y, bank.rows()),
                        options.rate ? static_cast<uint32_t>(*options.rate) : bank.rate()};
    if (format.hardest_only && !options.all_velocities) plan.first_layer = bank.velocities().size() - 1;
    format.write(bank, plan, options.out);
}

void write(const PlaneFormat& format, const ExportOptions& options, const engine::Bank& bank, const std::string&) {
    format.write(bank, options.out);
}

// Writes the sources and licences of the sounds next to them.
void write_sources(const engine::Bank& bank, const std::string& name, const std::string& folder) {
    const std::string text = describe_sources(bank, name);
    AtomicFile file(folder + "/" + sources_file(name), advice_other_output);
    file.write(std::as_bytes(std::span(text)));
    file.finish();
}

} // namespace

std::string export_formats() {
    std::vector<std::string> texts;
    for (const Format& format : formats)
        texts.push_back(std::string(format.name) + " (" + std::string(format.description) + ")");
    return join(texts);
}

std::string formats_with(const std::string& option) {
    return format_names(std::ranges::find(format_options, option, &Option::name)->taken);
}

void export_bank(const ExportOptions& options) {
    const Format& format = find_format(options.format);
    check_options(options, format);
    const auto bank = open_bank(options.bank);
    const std::string name = without_controls(fs::path(bank->path()).stem().string());
    create_folder(options.out, "choose another with -o");
    write_sources(*bank, name, options.out);
    std::visit([&](const auto& kind) { write(kind, options, *bank, name); }, format.kind);
}

} // namespace timbrel::host
