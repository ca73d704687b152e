// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/motion/gesture.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr double max_song_position = 1e9; // seconds or beats

uint16_t quantise(float coordinate) {
    return static_cast<uint16_t>(std::lround(std::clamp(coordinate, 0.0f, 1.0f) * 65535.0f));
}

} // namespace

GesturePoint gesture_point(uint32_t time, PlanePoint position) noexcept TIMBREL_REALTIME {
    return {time, quantise(position.x), quantise(position.y)};
}

bool Gesture::valid() const {
    const bool song_position_valid = // false for NaN
        std::abs(song_seconds) <= max_song_position && std::abs(song_beat) <= max_song_position;
    if (!song_position_valid) return false;
    if (points.empty()) return true;
    if (points.size() < 2 || points.size() > max_gesture_points || points[0].time != 0) return false;
    const auto not_ascending = [](const GesturePoint& a, const GesturePoint& b) { return a.time >= b.time; };
    return std::adjacent_find(points.begin(), points.end(), not_ascending) == points.end();
}

PlanePoint GestureBuffer::at(double time) const noexcept TIMBREL_REALTIME {
    const auto first = points.begin(), last = first + count - 1;
    const auto next = std::upper_bound(first, last, time,
                                       [](double t, const GesturePoint& p) { return t < static_cast<double>(p.time); });
    if (next == first) return first->position();
    const PlanePoint from = (next - 1)->position(), to = next->position();
    const double fraction = (time - (next - 1)->time) / (next->time - (next - 1)->time);
    const auto weight = static_cast<float>(std::min(fraction, 1.0));
    return from + weight * (to - from);
}

} // namespace timbrel::engine
