#include "plugin/engine/bank/bank_vibrato.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace timbrel::engine {

namespace {

using nlohmann::json;

constexpr double greatest_depth = 200.0, slowest = 1.0, fastest = 20.0, longest_delay = 60.0;

// A number within these bounds, or nothing; no comparison holds for NaN.
std::optional<float> number(const json& list, size_t index, double least, double most) {
    if (!list[index].is_number()) return std::nullopt;
    const double value = list[index].get<double>();
    if (!(value >= least && value <= most)) return std::nullopt;
    return static_cast<float>(value);
}

// A note's vibrato in each of its corners; empty where it has none, or is told otherwise than it must be.
std::vector<NaturalVibrato> read_note(const json& told, size_t corners) {
    for (const char* key : {"depth_cents", "rate_hz", "delay_seconds"})
        if (!told.contains(key) || !told[key].is_array() || told[key].size() != corners) return {};
    std::vector<NaturalVibrato> note(corners);
    bool any = false;
    for (size_t c = 0; c < corners; ++c) {
        const auto depth = number(told["depth_cents"], c, 0.0, greatest_depth);
        if (!depth) return {};
        if (*depth == 0.0f) continue;
        const auto rate = number(told["rate_hz"], c, slowest, fastest);
        const auto delay = number(told["delay_seconds"], c, 0.0, longest_delay);
        if (!rate || !delay) return {};
        note[c] = {*depth, std::log2(*rate), *delay};
        any = true;
    }
    return any ? note : std::vector<NaturalVibrato>();
}

// The place of a pitch or velocity among those of a bank.
std::optional<uint32_t> index_of(const json& told, const char* key, std::span<const uint8_t> values) {
    if (!told.contains(key) || !told[key].is_number_integer()) return std::nullopt;
    const auto found = std::ranges::find(values, told[key].get<int64_t>());
    if (found == values.end()) return std::nullopt;
    return static_cast<uint32_t>(found - values.begin());
}

// Of two lines, a place's share of the second.
struct Between {
    size_t first, second;
    float share;
};

Between between(const std::vector<uint32_t>& lines, float place) {
    size_t first = 0;
    while (first + 2 < lines.size() && static_cast<float>(lines[first + 1]) <= place) ++first;
    const size_t second = std::min(first + 1, lines.size() - 1);
    const auto width = static_cast<float>(std::max(lines[second] - lines[first], 1u));
    return {first, second, std::clamp((place - static_cast<float>(lines[first])) / width, 0.0f, 1.0f)};
}

} // namespace

BankVibrato::BankVibrato(const Bank& bank, const BankCorners& corners) : corners_(corners), first_(bank.notes(), -1) {
    const auto& metadata = bank.metadata();
    if (!metadata.contains("vibrato") || !metadata["vibrato"].is_array()) return;
    for (const json& told : metadata["vibrato"]) {
        if (!told.is_object()) continue;
        const auto pitch = index_of(told, "pitch", bank.pitches()),
                   velocity = index_of(told, "velocity", bank.velocities());
        if (!pitch || !velocity) continue; // of another shard
        auto& first = first_[bank.note(*pitch, *velocity)];
        const auto note = read_note(told, corners.columns.size() * corners.rows.size());
        if (first >= 0 || note.empty()) continue;
        first = static_cast<int32_t>(corner_.size());
        corner_.insert(corner_.end(), note.begin(), note.end());
    }
}

const NaturalVibrato* BankVibrato::of(uint32_t note) const {
    return first_[note] < 0 ? nullptr : &corner_[first_[note]];
}

void BankVibrato::add(VibratoMix& mix, uint32_t note, float column, float row, float share) const {
    const NaturalVibrato* corner = of(note);
    if (!corner) return;
    const Between x = between(corners_.columns, column), y = between(corners_.rows, row);
    const size_t across = corners_.columns.size();
    mix.add(corner[y.first * across + x.first], share * (1.0f - x.share) * (1.0f - y.share));
    mix.add(corner[y.first * across + x.second], share * x.share * (1.0f - y.share));
    mix.add(corner[y.second * across + x.first], share * (1.0f - x.share) * y.share);
    mix.add(corner[y.second * across + x.second], share * x.share * y.share);
}

} // namespace timbrel::engine
