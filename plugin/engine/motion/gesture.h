// A recorded way across the plane. Gesture is how threads other than the audio thread hold one; GestureTape is what the
// audio thread records on and plays from.
#pragma once

#include "plugin/engine/core/plane_path.h"

#include <array>
#include <cstdint>
#include <vector>

namespace timbrel::engine {

inline constexpr uint32_t max_gesture_points = 32768; // some minutes of restless motion; rest takes no points

// The way goes in straight lines from point to point.
struct GesturePoint {
    uint32_t time; // microseconds since the gesture's start
    uint16_t x, y; // 65535 = 1

    PlanePoint place() const { return {static_cast<float>(x) / 65535.0f, static_cast<float>(y) / 65535.0f}; }
    friend bool operator==(const GesturePoint&, const GesturePoint&) = default;
};

GesturePoint gesture_point(uint32_t time, PlanePoint place); // bounded to the plane

struct Gesture {
    double song_seconds = 0.0, song_beat = 0.0; // where in the song it began; 0 when the song stood still
    std::vector<GesturePoint> points;           // none, or two and more whose times ascend from 0

    // Whether that holds, there are not too many points, and the song's place is finite and within ±1e9.
    bool valid() const;
    friend bool operator==(const Gesture&, const Gesture&) = default;
};

// Real time, but for construction.
struct GestureTape {
    double song_seconds = 0.0, song_beat = 0.0;
    uint32_t count = 0;    // of points
    uint32_t restores = 0; // that the audio thread had taken when it recorded this one
    std::array<GesturePoint, max_gesture_points> points{};

    bool empty() const { return count < 2; }
    uint32_t length() const { return empty() ? 0 : points[count - 1].time; } // microseconds
    PlanePoint at(double time) const;                                        // microseconds; not for an empty tape
};

} // namespace timbrel::engine
