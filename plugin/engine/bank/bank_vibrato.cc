// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_vibrato.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string_view>

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
    const bool has_phase = entry.contains("phase_turns"); // missing until 0.3
    for (const char* key : {"depth_cents", "rate_hz", "delay_seconds", "phase_turns"}) {
        if (key == std::string_view("phase_turns") && !has_phase) continue;
        if (!entry.contains(key) || !entry[key].is_array() || entry[key].size() != corners) return {};
    }
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
        if (!has_phase) continue;
        const auto phase = number(entry["phase_turns"], c, 0.0, 1.0);
        if (!phase) return {};
        note[c].cosine = std::cos(2 * std::numbers::pi_v<float> * *phase);
        note[c].sine = std::sin(2 * std::numbers::pi_v<float> * *phase);
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
        const auto note = read_note(entry, corners.count());
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
    const CornerWeights around = corners_.weights(column, row);
    for (size_t i = 0; i < 4; ++i) mix.add(corners[around.corner[i]], weight * around.weight[i]);
}

} // namespace timbrel::engine
