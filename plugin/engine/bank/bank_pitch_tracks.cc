// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/bank/bank_pitch_tracks.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace timbrel::engine {

namespace {

using nlohmann::json;

constexpr double min_unit = 1e-4, max_unit = 1.0; // cents

std::optional<uint64_t> whole_number(const json& object, const char* key, uint64_t minimum, uint64_t maximum) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
    const auto value = found->get<uint64_t>();
    if (value < minimum || value > maximum) return std::nullopt;
    return value;
}

std::optional<uint32_t> index_of(const json& entry, const char* key, std::span<const uint8_t> values) {
    const auto value = whole_number(entry, key, 0, 127);
    const auto found = std::ranges::find(values, value.value_or(255));
    if (found == values.end()) return std::nullopt;
    return static_cast<uint32_t>(found - values.begin());
}

} // namespace

BankPitchTracks::BankPitchTracks(const Bank& bank, const BankCorners& corners) : corners_(corners.count()) {
    const auto& metadata = bank.metadata();
    const auto described = metadata.find("pitch_tracks");
    if (described == metadata.end()) return;
    tracks_.resize(bank.notes());
    invalid_ = !read(bank, *described);
    if (invalid_ || std::ranges::all_of(tracks_, &Points::empty)) tracks_.clear();
}

// False when anything is invalid.
bool BankPitchTracks::read(const Bank& bank, const json& description) {
    if (!description.is_object()) return false;
    const std::span<const std::byte> region = bank.after_index();
    const auto offset = whole_number(description, "offset", 0, region.size()),
               step = whole_number(description, "frames_per_point", bank_min_track_step, bank_max_track_step);
    const auto unit = description.find("cents_per_unit"), notes = description.find("notes");
    if (!offset || *offset % sizeof(int16_t) != 0 || !step || unit == description.end() || !unit->is_number() ||
        notes == description.end() || !notes->is_array())
        return false;
    const auto cents = unit->get<double>();
    if (!(cents >= min_unit && cents <= max_unit)) return false;
    cents_per_unit_ = cents;
    frames_per_point_ = static_cast<uint32_t>(*step);
    const auto* next = reinterpret_cast<const int16_t*>(region.data() + *offset);
    uint64_t left = (region.size() - *offset) / sizeof(int16_t);
    for (const json& entry : *notes) {
        if (!entry.is_object()) return false;
        const auto pitch = index_of(entry, "pitch", bank.pitches()),
                   velocity = index_of(entry, "velocity", bank.velocities());
        if (!pitch || !velocity) return false;
        const uint32_t note = bank.note(*pitch, *velocity);
        const uint64_t count = corners_ * pitch_track_points(bank.entry(note, 0).frames, frames_per_point_);
        if (!tracks_[note].empty() || count > left) return false;
        tracks_[note] = {next, count};
        next += count;
        left -= count;
    }
    return true;
}

float BankPitchTracks::cents(uint32_t note, const CornerWeights& weights,
                             double frame) const noexcept TIMBREL_REALTIME {
    if (!has(note)) return 0.0f;
    const Points points = tracks_[note];
    const size_t count = points.size() / corners_; // of one corner, at least 2
    const double at = std::clamp(frame / frames_per_point_, 0.0, static_cast<double>(count - 1));
    const size_t first = std::min(static_cast<size_t>(at), count - 2);
    const auto fraction = static_cast<float>(at - static_cast<double>(first));
    float sum = 0.0f;
    for (size_t i = 0; i < 4; ++i) {
        const int16_t* point = &points[weights.corner[i] * count + first];
        sum += weights.weight[i] *
               (static_cast<float>(point[0]) * (1.0f - fraction) + static_cast<float>(point[1]) * fraction);
    }
    return sum * static_cast<float>(cents_per_unit_);
}

PitchTrackList::PitchTrackList(uint32_t frames_per_point, double cents_per_unit)
    : frames_per_point_(frames_per_point), cents_per_unit_(cents_per_unit) {}

int16_t PitchTrackList::point(double cents) const {
    using Limits = std::numeric_limits<int16_t>;
    return static_cast<int16_t>(
        std::lround(std::clamp(cents / cents_per_unit_, double{Limits::min()}, double{Limits::max()})));
}

void PitchTrackList::add(int pitch, int velocity, std::span<const int16_t> points) {
    notes_.emplace_back(pitch, velocity);
    points_.insert(points_.end(), points.begin(), points.end());
}

json PitchTrackList::description() const {
    json notes = json::array();
    for (const auto& [pitch, velocity] : notes_) notes.push_back({{"pitch", pitch}, {"velocity", velocity}});
    return {{"offset", 0},
            {"frames_per_point", frames_per_point_},
            {"cents_per_unit", cents_per_unit_},
            {"notes", std::move(notes)}};
}

} // namespace timbrel::engine
