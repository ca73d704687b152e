#include "plugin/lv2/shared/gesture_bytes.h"

#include "plugin/lv2/shared/byte_order.h"

#include <bit>

namespace timbrel::lv2 {

namespace {

constexpr uint32_t version = 1;
constexpr size_t head_bytes = 24, point_bytes = 8;

} // namespace

std::vector<uint8_t> gesture_bytes(const engine::Gesture& gesture) {
    std::vector<uint8_t> bytes;
    bytes.reserve(head_bytes + point_bytes * gesture.points.size());
    put(bytes, version);
    put(bytes, static_cast<uint32_t>(gesture.points.size()));
    put(bytes, std::bit_cast<uint64_t>(gesture.song_seconds));
    put(bytes, std::bit_cast<uint64_t>(gesture.song_beat));
    for (const engine::GesturePoint& point : gesture.points) {
        put(bytes, point.time);
        put(bytes, point.x);
        put(bytes, point.y);
    }
    return bytes;
}

std::optional<engine::Gesture> read_gesture(std::span<const uint8_t> bytes) {
    if (bytes.size() < head_bytes) return std::nullopt;
    const auto* at = bytes.data();
    if (take<uint32_t>(at) != version) return std::nullopt;
    const auto count = take<uint32_t>(at);
    if (count > engine::max_gesture_points || bytes.size() < head_bytes + point_bytes * count) return std::nullopt;
    engine::Gesture gesture;
    gesture.song_seconds = std::bit_cast<double>(take<uint64_t>(at));
    gesture.song_beat = std::bit_cast<double>(take<uint64_t>(at));
    for (uint32_t i = 0; i < count; ++i) {
        const auto time = take<uint32_t>(at);
        const auto x = take<uint16_t>(at), y = take<uint16_t>(at);
        gesture.points.push_back({time, x, y});
    }
    if (!gesture.valid()) return std::nullopt;
    return gesture;
}

} // namespace timbrel::lv2
