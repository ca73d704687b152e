// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/export/export.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/foreign_text.h"
#include "common/output_guard.h"
#include "common/xy_path.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/export/sampled_instrument.h"
#include "host/export/wavetable.h"
#include "host/export/wavetable_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <variant>

namespace timbrel::host {

namespace {

namespace fs = std::filesystem;

constexpr int default_cells = 5;    // per side; with 3, linear mixing is up to 8 dB wrong between positions
constexpr int default_frames = 256; // Serum's maximum
constexpr int default_pitch = 48;   // low enough for many partials, high enough to separate them
constexpr int vital_frames = 257;   // the number of positions in Vital, so that it does not interpolate

struct InstrumentFormat {
    void (*write)(const engine::Bank&, const InstrumentPlan&, const std::string& folder);
    bool whole_plane; // whether it holds more than one position
};

struct WavetableFormat {
    void (*write)(const std::string& path, std::span<const float> frames);
    const char* extension;
    int frames; // by default
};

struct Format {
    std::string_view name, description;
    std::variant<InstrumentFormat, WavetableFormat> kind;
};

constexpr Format formats[] = {
    {"sfz", "SFZ samplers", InstrumentFormat{write_sfz, true}},
    {"dspreset", "Decent Sampler", InstrumentFormat{write_decent_sampler, true}},
    {"wav", "looped WAV files", InstrumentFormat{write_wav_folder, false}},
    {"serum", "Serum", WavetableFormat{write_wav_wavetable, ".wav", default_frames}},
    {"surge", "Surge XT", WavetableFormat{write_surge_wavetable, ".wt", default_frames}},
    {"vital", "Vital", WavetableFormat{write_wav_wavetable, ".wav", vital_frames}},
};

// "A, B or C"
template<class Text>
std::string format_list(Text text) {
    std::string list;
    for (const Format& format : formats)
        list += (list.empty() ? "" : &format == &std::end(formats)[-1] ? " or " : ", ") + text(format);
    return list;
}

const Format& find_format(const std::string& name) {
    const auto found = std::ranges::find(formats, name, &Format::name);
    if (found != std::end(formats)) return *found;
    throw UsageError("--to " + name + ": no such format; take " +
                     format_list([](const Format& format) { return std::string(format.name); }));
}

void check_options(const ExportOptions& options, const Format& format) {
    const bool wavetable = std::holds_alternative<WavetableFormat>(format.kind);
    if (wavetable && (options.cells || options.rate))
        throw UsageError("--cells and --resample are for sampled instruments: sfz, dspreset and wav");
    if (!wavetable && (!options.xy.empty() || options.frames || options.pitch))
        throw UsageError("--xy, --frames and --pitch are for wavetables: serum, surge and vital");
    if (wavetable && options.x && options.y)
        throw UsageError(
            "a wavetable follows a path across the plane: give --x or --y for a straight line, or --xy for any path");
    if (!wavetable && options.cells && (options.x || options.y))
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
    const uint32_t rate = options.rate ? static_cast<uint32_t>(*options.rate) : bank.rate();
    const bool one_position = options.x || options.y || !format.whole_plane;
    const auto cells = static_cast<size_t>(options.cells.value_or(default_cells));
    const auto axis_positions = [&](std::optional<double> fixed, uint32_t bank_cells) {
        if (one_position) return std::vector<double>{fixed.value_or(0.5)};
        std::vector<double> positions;
        for (size_t i = 0; bank_cells > 1 && i < cells; ++i)
            positions.push_back(static_cast<double>(i) / static_cast<double>(cells - 1));
        return positions.empty() ? std::vector<double>{0.5} : positions;
    };
    const InstrumentPlan plan{name, axis_positions(options.x, bank.columns()), axis_positions(options.y, bank.rows()),
                              rate};
    format.write(bank, plan, options.out);
}

// Writes the sources and licences of the sounds next to them.
void write_sources(const engine::Bank& bank, const std::string& name, const std::string& folder) {
    std::string text = "Exported by Timbrel from the bank " + printable(name) + ". Its corners:\n";
    const auto& metadata = bank.metadata();
    for (const auto& corner : metadata.value("corners", nlohmann::json::array())) {
        if (!corner.is_object()) continue;
        text += "\n";
        const auto source = corner.value("source", nlohmann::json::object());
        for (const auto& [key, value] : source.items())
            text += printable(key) + ": " +
                    printable(value.is_string() ? value.get<std::string>() : value.dump(), max_printed_line) + "\n";
    }
    AtomicFile file(folder + "/" + sources_file(name), advice_other_output);
    file.write(std::as_bytes(std::span(text)));
    file.finish();
}

} // namespace

std::string export_formats() {
    return format_list(
        [](const Format& format) { return std::string(format.name) + " (" + std::string(format.description) + ")"; });
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
