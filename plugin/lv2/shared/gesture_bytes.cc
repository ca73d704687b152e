// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/shared/gesture_bytes.h"

#include "plugin/lv2/shared/byte_order.h"

#include <bit>

namespace timbrel::lv2 {

namespace {

constexpr uint32_t version = 1;
constexpr size_t header_bytes = 24, point_bytes = 8;

} // namespace

std::vector<uint8_t> gesture_bytes(const engine::Gesture& gesture) {
    std::vector<uint8_t> bytes;
    bytes.reserve(header_bytes + point_bytes * gesture.points.size());
    append_little_endian(bytes, version);
    append_little_endian(bytes, static_cast<uint32_t>(gesture.points.size()));
    append_little_endian(bytes, std::bit_cast<uint64_t>(gesture.song_seconds));
    append_little_endian(bytes, std::bit_cast<uint64_t>(gesture.song_beat));
    for (const engine::GesturePoint& point : gesture.points) {
        append_little_endian(bytes, point.time);
        append_little_endian(bytes, point.x);
        append_little_endian(bytes, point.y);
    }
    return bytes;
}

std::optional<engine::Gesture> read_gesture(std::span<const uint8_t> bytes) {
    if (bytes.size() < header_bytes) return std::nullopt;
    const auto* position = bytes.data();
    if (read_little_endian<uint32_t>(position) != version) return std::nullopt;
    const auto count = read_little_endian<uint32_t>(position);
    if (count > engine::max_gesture_points || bytes.size() < header_bytes + point_bytes * count) return std::nullopt;
    engine::Gesture gesture;
    gesture.song_seconds = std::bit_cast<double>(read_little_endian<uint64_t>(position));
    gesture.song_beat = std::bit_cast<double>(read_little_endian<uint64_t>(position));
    for (uint32_t i = 0; i < count; ++i) {
        const auto time = read_little_endian<uint32_t>(position);
        const auto x = read_little_endian<uint16_t>(position), y = read_little_endian<uint16_t>(position);
        gesture.points.push_back({time, x, y});
    }
    if (!gesture.valid()) return std::nullopt;
    return gesture;
}

} // namespace timbrel::lv2
