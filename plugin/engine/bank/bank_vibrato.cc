// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_vibrato.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace timbrel::engine {

namespace {

using nlohmann::json;

constexpr double max_depth = 200.0;               // cents
constexpr double min_rate = 1.0, max_rate = 20.0; // Hz
constexpr double max_delay = 60.0;                // seconds

// The number if it is within the bounds; nothing for NaN.
std::optional<float> number(const json& list, size_t index, double minimum, double maximum) {
    if (!list[index].is_number()) return std::nullopt;
    const double value = list[index].get<double>();
    if (!(value >= minimum && value <= maximum)) return std::nullopt;
    return static_cast<float>(value);
}

// A note's vibrato in each corner; empty when it has none or its metadata are invalid.
std::vector<NaturalVibrato> read_note(const json& entry, size_t corners) {
    for (const char* key : {"depth_cents", "rate_hz", "delay_seconds"})
        if (!entry.contains(key) || !entry[key].is_array() || entry[key].size() != corners) return {};
    std::vector<NaturalVibrato> note(corners);
    bool any = false;
    for (size_t c = 0; c < corners; ++c) {
        const auto depth = number(entry["depth_cents"], c, 0.0, max_depth);
        if (!depth) return {};
        if (*depth == 0.0f) continue;
        const auto rate = number(entry["rate_hz"], c, min_rate, max_rate);
        const auto delay = number(entry["delay_seconds"], c, 0.0, max_delay);
        if (!rate || !delay) return {};
        note[c] = {*depth, std::log2(*rate), *delay};
        any = true;
    }
    return any ? note : std::vector<NaturalVibrato>();
}

// The index of the entry's pitch or velocity among those of the bank.
std::optional<uint32_t> index_of(const json& entry, const char* key, std::span<const uint8_t> values) {
    if (!entry.contains(key) || !entry[key].is_number_integer()) return std::nullopt;
    const auto found = std::ranges::find(values, entry[key].get<int64_t>());
    if (found == values.end()) return std::nullopt;
    return static_cast<uint32_t>(found - values.begin());
}

// Linear interpolation between two neighbouring lines: `weight` belongs to the second.
struct Interpolation {
    size_t first, second;
    float weight;
};

Interpolation interpolation_at(const std::vector<uint32_t>& lines, float position) {
    size_t first = 0;
    while (first + 2 < lines.size() && static_cast<float>(lines[first + 1]) <= position) ++first;
    const size_t second = std::min(first + 1, lines.size() - 1);
    const auto width = static_cast<float>(std::max(lines[second] - lines[first], 1u));
    return {first, second, std::clamp((position - static_cast<float>(lines[first])) / width, 0.0f, 1.0f)};
}

} // namespace

BankVibrato::BankVibrato(const Bank& bank, const BankCorners& corners) : corners_(corners), first_(bank.notes(), -1) {
    const auto& metadata = bank.metadata();
    if (!metadata.contains("vibrato") || !metadata["vibrato"].is_array()) return;
    for (const json& entry : metadata["vibrato"]) {
        if (!entry.is_object()) continue;
        const auto pitch = index_of(entry, "pitch", bank.pitches()),
                   velocity = index_of(entry, "velocity", bank.velocities());
        if (!pitch || !velocity) continue; // a note of another shard
        auto& first = first_[bank.note(*pitch, *velocity)];
        const auto note = read_note(entry, corners.columns.size() * corners.rows.size());
        if (first >= 0 || note.empty()) continue;
        first = static_cast<int32_t>(corners_of_notes_.size());
        corners_of_notes_.insert(corners_of_notes_.end(), note.begin(), note.end());
    }
}

const NaturalVibrato* BankVibrato::of(uint32_t note) const noexcept TIMBREL_REALTIME {
    return first_[note] < 0 ? nullptr : &corners_of_notes_[first_[note]];
}

void BankVibrato::add(VibratoMix& mix, uint32_t note, float column, float row,
                      float weight) const noexcept TIMBREL_REALTIME {
    const NaturalVibrato* corners = of(note);
    if (!corners) return;
    const Interpolation x = interpolation_at(corners_.columns, column), y = interpolation_at(corners_.rows, row);
    const size_t columns = corners_.columns.size();
    mix.add(corners[y.first * columns + x.first], weight * (1.0f - x.weight) * (1.0f - y.weight));
    mix.add(corners[y.first * columns + x.second], weight * x.weight * (1.0f - y.weight));
    mix.add(corners[y.second * columns + x.first], weight * (1.0f - x.weight) * y.weight);
    mix.add(corners[y.second * columns + x.second], weight * x.weight * y.weight);
}

} // namespace timbrel::engine
