// SPDX-License-Identifier: GPL-3.0-or-later
// A recorded path across the plane, in straight lines from point to point. Threads other than the audio thread use
// Gesture; the audio thread records into and plays from a GestureBuffer, which has a fixed capacity.
// Thread: control for Gesture; the rest is pure or says so.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/plane_path.h"

#include <array>
#include <cstdint>
#include <vector>

namespace timbrel::engine {

inline constexpr uint32_t max_gesture_points = 32768; // some minutes of constant motion; rests take no points

struct GesturePoint {
    uint32_t time; // microseconds since the gesture's start
    uint16_t x, y; // 65535 = 1

    PlanePoint position() const noexcept TIMBREL_REALTIME {
        return {static_cast<float>(x) / 65535.0f, static_cast<float>(y) / 65535.0f};
    }
    friend bool operator==(const GesturePoint&, const GesturePoint&) = default;
};

// Threads: any. Clamps to the plane and quantises.
GesturePoint gesture_point(uint32_t time, PlanePoint position) noexcept TIMBREL_REALTIME;

struct Gesture {
    double song_seconds = 0.0, song_beat = 0.0; // song position of its start; 0 when the song was stopped
    std::vector<GesturePoint> points;           // none, or at least two with ascending times from 0

    // Whether the points are as above, at most max_gesture_points, and the song position is finite and within ±1e9.
    bool valid() const;
    friend bool operator==(const Gesture&, const Gesture&) = default;
};

// Thread: audio, except construction.
struct GestureBuffer {
    double song_seconds = 0.0, song_beat = 0.0;
    uint32_t count = 0;           // points in use
    uint32_t restored_serial = 0; // number of restored gestures the audio thread had taken when it recorded this one
    std::array<GesturePoint, max_gesture_points> points{};

    bool empty() const noexcept TIMBREL_REALTIME { return count < 2; }
    uint32_t length() const noexcept TIMBREL_REALTIME { return empty() ? 0 : points[count - 1].time; } // microseconds
    // `time` in microseconds, clamped to the gesture. The buffer must not be empty.
    PlanePoint at(double time) const noexcept TIMBREL_REALTIME;
};

} // namespace timbrel::engine
