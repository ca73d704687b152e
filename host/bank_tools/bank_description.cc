// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/bank_tools/bank_description.h"

#include "common/foreign_text.h"
#include "common/note_name.h"
#include "plugin/engine/bank/bank_corners.h"
#include "plugin/engine/bank/bank_pitch_tracks.h"
#include "plugin/engine/bank/bank_vibrato.h"
#include "plugin/lv2/shared/bank_search.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace timbrel::host {

namespace {

using nlohmann::json;

constexpr size_t max_metadata_lines = 400;
constexpr size_t max_listed = 16;       // elements of an array; more are counted
constexpr size_t max_inline_bytes = 90; // of a structure on the line of its key
constexpr size_t max_text_bytes = 200;

// A printf format, up to 159 bytes of text.
template<class... Values>
std::string formatted(const char* format, Values... values) {
    char text[160];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}

// The mean natural vibrato of each corner: "Flute 9 cents at 4.1 Hz, Violin …".
std::string describe_vibrato(const engine::Bank& bank) {
    const engine::BankCorners positions(bank);
    const engine::BankVibrato vibrato(bank, positions);
    const json corners = bank.metadata().value("corners", json::array());
    std::string description;
    for (size_t c = 0; vibrato.any() && c < positions.columns.size() * positions.rows.size(); ++c) {
        engine::VibratoMix mean;
        uint32_t present = 0;
        for (uint32_t note = 0; note < bank.notes(); ++note)
            if (const auto* note_vibrato = vibrato.of(note); note_vibrato && note_vibrato[c].depth > 0)
                ++present, mean.add(note_vibrato[c], 1);
        if (present == 0) continue;
        const engine::NaturalVibrato average = mean.result();
        const json name = corners.is_array() && c < corners.size() && corners[c].is_object()
                              ? corners[c].value("name", json())
                              : json();
        description +=
            (description.empty() ? "" : ", ") +
            (name.is_string() ? printable(name.get<std::string>()) : "corner " + std::to_string(c + 1)) +
            formatted(" %.0f cents at %.1f Hz in %u of %u notes", static_cast<double>(average.depth) / present,
                      std::exp2(static_cast<double>(average.rate_octaves)), present, bank.notes());
    }
    return description.empty() ? "none" : description;
}

// "up to 83 cents from the key, in 12 of 34 notes".
std::string describe_tracks(const engine::Bank& bank) {
    const engine::BankCorners corners(bank);
    const engine::BankPitchTracks tracks(bank, corners);
    if (tracks.invalid()) return "invalid, not played";
    uint32_t present = 0;
    int most = 0;
    for (uint32_t note = 0; note < bank.notes(); ++note) {
        present += tracks.has(note) ? 1 : 0;
        for (const int16_t point : tracks.points(note)) most = std::max(most, std::abs(int{point}));
    }
    if (present == 0) return "none";
    return formatted("up to %.0f cents from the key, in %u of %u notes", most * tracks.cents_per_unit(), present,
                     bank.notes());
}

// Whether the value takes at most `bytes_left` as JSON; reduces `bytes_left` by them. Stops where it does not.
bool fits(const json& value, size_t& bytes_left) {
    const auto take = [&](size_t bytes) {
        if (bytes > bytes_left) return false;
        bytes_left -= bytes;
        return true;
    };
    if (value.is_string()) return take(value.get_ref<const std::string&>().size() + 2);
    if (!value.is_structured()) return take(value.dump().size());
    if (!take(2)) return false;
    for (const auto& [key, item] : value.items())
        if (!take(value.is_object() ? key.size() + 4 : 1) || !fits(item, bytes_left)) return false;
    return true;
}

std::string entries(const json& value) { return std::to_string(value.size()) + " entries"; }

// One line per value; nested objects are indented. Long texts and arrays, such as pictures, are only counted.
class MetadataLines {
  public:
    std::string describe(const json& metadata) {
        add(metadata, "  ");
        if (left_ == 0) text_ += "  …\n";
        return std::move(text_);
    }

  private:
    void add(const json& value, const std::string& indent) {
        for (const auto& [key, item] : value.items()) {
            if (key == "vibrato" || key == "pitch_tracks") continue; // described in their own lines
            if (left_ == 0) return;
            --left_;
            text_ += indent;
            text_ += printable(key);
            text_ += ":";
            size_t bytes_left = max_inline_bytes;
            if (item.is_array() && item.size() > max_listed)
                text_ += " " + entries(item) + "\n";
            else if (!item.is_structured() || fits(item, bytes_left))
                text_ += " " + line_of(item) + "\n";
            else {
                text_ += "\n";
                add(item, indent + "  ");
            }
        }
    }

    static std::string line_of(const json& item) {
        if (!item.is_string()) return printable(item.dump());
        const auto& text = item.get_ref<const std::string&>();
        return text.size() > max_text_bytes ? std::to_string(text.size()) + " bytes" : printable(text);
    }

    std::string text_;
    size_t left_ = max_metadata_lines;
};

// Frames of all notes and cells.
uint64_t total_frames(const engine::Bank& bank) {
    uint64_t frames = 0;
    for (uint32_t pitch = 0; pitch < bank.pitches().size(); ++pitch)
        frames += uint64_t{bank.entry(bank.note(pitch, 0), 0).frames} * bank.velocities().size() * bank.cells();
    return frames;
}

double total_seconds(const engine::Bank& bank) { return static_cast<double>(total_frames(bank)) / bank.rate(); }

bool is_looped(const engine::BankEntry& entry) { return entry.loop_end > entry.loop_start; }

uint32_t looped_pitches(const engine::Bank& bank) {
    uint32_t looped = 0;
    for (uint32_t pitch = 0; pitch < bank.pitches().size(); ++pitch)
        looped += is_looped(bank.entry(bank.note(pitch, 0), 0)) ? 1 : 0;
    return looped;
}

} // namespace

std::string describe_bank(const engine::Bank& bank, bool verified) {
    const auto pitches = bank.pitches();
    std::string text = printable(bank.path(), max_printed_line) + "\n";
    text += formatted("  %.1f MB, %u Hz stereo, id %s%s\n", static_cast<double>(bank.file_bytes()) / 1e6, bank.rate(),
                      lv2::bank_id(bank.head_hash()).c_str(), verified ? ", checksums right" : "");
    text += formatted("  plane of %u × %u cells\n", bank.columns(), bank.rows());
    text += formatted("  %zu pitches from %s to %s, %u of them looped; velocities", pitches.size(),
                      note_name(pitches.front()).c_str(), note_name(pitches.back()).c_str(), looped_pitches(bank));
    for (const int velocity : bank.velocities()) text += " " + std::to_string(velocity);
    text += formatted("\n  %.1f minutes of sound\n", total_seconds(bank) / 60);
    text += "  natural vibrato: " + describe_vibrato(bank) + "\n";
    text += "  other movement of pitch: " + describe_tracks(bank) + "\n";
    return text + MetadataLines().describe(bank.metadata());
}

json bank_facts(const engine::Bank& bank, bool verified) {
    json notes = json::array();
    for (uint32_t pitch = 0; pitch < bank.pitches().size(); ++pitch) {
        const engine::BankEntry& entry = bank.entry(bank.note(pitch, 0), 0);
        notes.push_back({{"pitch", bank.pitches()[pitch]},
                         {"frames", entry.frames},
                         {"loop_start", entry.loop_start},
                         {"loop_end", entry.loop_end}});
    }
    json all = {{"file", bank.path()},
                {"bytes", bank.file_bytes()},
                {"id", lv2::bank_id(bank.head_hash())},
                {"rate", bank.rate()},
                {"columns", bank.columns()},
                {"rows", bank.rows()},
                {"pitches", bank.pitches()},
                {"velocities", bank.velocities()},
                {"seconds", total_seconds(bank)},
                {"looped_pitches", looped_pitches(bank)},
                {"notes", notes},
                {"metadata", bank.metadata()}};
    if (verified) all["verified"] = true;
    return all;
}

} // namespace timbrel::host
