#include "host/export/export.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/xy_path.h"
#include "host/bank_tools/bank_lookup.h"
#include "host/export/sampled_instrument.h"
#include "host/export/wavetable.h"
#include "host/export/wavetable_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace timbrel::host {

namespace {

namespace fs = std::filesystem;

constexpr int usual_cells = 5;    // a side: players mix linearly, and with three it is 8 dB off between two of them
constexpr int usual_frames = 256; // what Serum takes at most
constexpr int usual_pitch = 48;   // low enough for many partials, high enough to tell them apart
constexpr int vital_frames = 257; // all of Vital's positions, so that none lies between two frames

bool is_wavetable(ExportFormat format) {
    return format == ExportFormat::serum || format == ExportFormat::surge || format == ExportFormat::vital;
}

void check_options(const ExportOrder& order) {
    const bool table = is_wavetable(order.format);
    if (table && (order.cells || order.rate))
        throw UsageError("--cells and --resample are for instruments made of samples: sfz, dspreset and wav");
    if (!table && (!order.xy.empty() || order.frames || order.pitch))
        throw UsageError("--xy, --frames and --pitch are for wavetables: serum, surge and vital");
    if (table && order.x && order.y)
        throw UsageError(
            "a wavetable walks across the plane: give --x or --y for a straight line, or --xy for any way");
    if (!table && order.cells && (order.x || order.y))
        throw UsageError("--cells is for the whole plane, --x and --y are for one place on it");
}

// A straight line at a given X or Y; otherwise along three sides, so that every corner is met.
std::vector<PlanePlace> corners_of_walk(const ExportOrder& order, const engine::Bank& bank) {
    if (order.x) return {{*order.x, 0}, {*order.x, 1}};
    if (order.y || bank.rows() == 1) return {{0, order.y.value_or(0.5)}, {1, order.y.value_or(0.5)}};
    if (bank.columns() == 1) return {{0.5, 0}, {0.5, 1}};
    return {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
}

std::vector<PlanePlace> walk(const ExportOrder& order, const engine::Bank& bank) {
    const int frames = order.frames.value_or(order.format == ExportFormat::vital ? vital_frames : usual_frames);
    std::vector<PlanePlace> places;
    if (!order.xy.empty()) {
        const XyPath way = XyPath::read(order.xy);
        for (int i = 0; i < frames; ++i) {
            const XyPoint point = way.at(way.begin() + (way.end() - way.begin()) * i / std::max(1, frames - 1));
            places.push_back({point.x, point.y});
        }
        return places;
    }
    const auto corners = corners_of_walk(order, bank);
    const auto sides = static_cast<double>(corners.size() - 1);
    for (int i = 0; i < frames; ++i) {
        const double along = sides * i / std::max(1, frames - 1);
        const auto side = std::min(static_cast<size_t>(along), corners.size() - 2);
        const double share = along - static_cast<double>(side);
        const PlanePlace from = corners[side], to = corners[side + 1];
        places.push_back({from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share});
    }
    return places;
}

void write_wavetable(const ExportOrder& order, const engine::Bank& bank, const std::string& name) {
    const auto pitches = bank.pitches();
    const int wanted = order.pitch.value_or(usual_pitch);
    const auto nearest =
        std::ranges::min_element(pitches, {}, [&](int pitch) { return std::abs(pitch - wanted); }) - pitches.begin();
    const auto hardest = static_cast<uint32_t>(bank.velocities().size() - 1);
    const auto places = walk(order, bank);
    const auto frames = wavetable(bank, bank.note(static_cast<uint32_t>(nearest), hardest), places);
    if (order.format == ExportFormat::surge)
        write_surge_wavetable(order.out + "/" + name + ".wt", frames);
    else
        write_wav_wavetable(order.out + "/" + name + ".wav", frames);
}

void write_instrument(const ExportOrder& order, const engine::Bank& bank, const std::string& name) {
    const uint32_t rate = order.rate ? static_cast<uint32_t>(*order.rate) : bank.rate();
    const bool one_place = order.x || order.y || order.format == ExportFormat::wav;
    const auto cells = static_cast<size_t>(order.cells.value_or(usual_cells));
    const auto along = [&](std::optional<double> given, uint32_t of_bank) {
        if (one_place) return std::vector<double>{given.value_or(0.5)};
        std::vector<double> places;
        for (size_t i = 0; of_bank > 1 && i < cells; ++i)
            places.push_back(static_cast<double>(i) / static_cast<double>(cells - 1));
        return places.empty() ? std::vector<double>{0.5} : places;
    };
    const InstrumentPlan plan{name, along(order.x, bank.columns()), along(order.y, bank.rows()), rate};
    switch (order.format) {
    case ExportFormat::sfz:
        return write_sfz(bank, plan, order.out);
    case ExportFormat::dspreset:
        return write_decent_sampler(bank, plan, order.out);
    default:
        return write_wav_folder(bank, plan, order.out);
    }
}

// Where the sounds came from goes with them.
void write_sources(const engine::Bank& bank, const std::string& name, const std::string& folder) {
    std::string text = "Exported by Timbrel from the bank " + name + ". Its corners:\n";
    const auto& metadata = bank.metadata();
    for (const auto& corner : metadata.value("corners", nlohmann::json::array())) {
        if (!corner.is_object()) continue;
        text += "\n";
        const auto source = corner.value("source", nlohmann::json::object());
        for (const auto& [key, value] : source.items())
            text += key + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
    }
    NewFile file(folder + "/" + sources_file(name), another_output);
    file.write(std::as_bytes(std::span(text)));
    file.finish();
}

} // namespace

void export_bank(const ExportOrder& order) {
    check_options(order);
    const auto bank = engine::Bank::open(choose_bank(order.bank));
    const std::string name = fs::path(bank->path()).stem().string();
    std::error_code error;
    fs::create_directories(order.out, error);
    if (error) throw Error(order.out + ": the folder cannot be made (" + error.message() + "); choose another with -o");
    write_sources(*bank, name, order.out);
    if (is_wavetable(order.format))
        write_wavetable(order, *bank, name);
    else
        write_instrument(order, *bank, name);
}

} // namespace timbrel::host
