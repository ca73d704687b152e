// SPDX-License-Identifier: GPL-3.0-or-later
// Points on the plane, and the path of the XY position over a chunk of output frames. Threads: any; pure.
#pragma once

#include "common/realtime.h"

#include <algorithm>
#include <cstdint>

namespace timbrel::engine {

struct PlanePoint {
    float x, y; // 0–1, west to east and south to north
};

inline PlanePoint operator+(PlanePoint a, PlanePoint b) { return {a.x + b.x, a.y + b.y}; }
inline PlanePoint operator-(PlanePoint a, PlanePoint b) { return {a.x - b.x, a.y - b.y}; }
inline PlanePoint operator*(float factor, PlanePoint a) { return {factor * a.x, factor * a.y}; }
inline PlanePoint within_plane(PlanePoint a) { return {std::clamp(a.x, 0.0f, 1.0f), std::clamp(a.y, 0.0f, 1.0f)}; }

// A straight line plus the audio-rate CV input, if connected. Does not own the CV arrays.
struct PlanePath {
    PlanePoint start{0.5f, 0.5f}; // at the chunk's first frame
    PlanePoint step{0.0f, 0.0f};  // change per frame
    const float* cv_x = nullptr;  // one value before the first frame, then one per frame; null: not connected
    const float* cv_y = nullptr;
    float layer = 0.0f;      // weight of the nearest corner's sound at the first frame, 0–0.5
    float layer_step = 0.0f; // change per frame

    bool has_cv() const noexcept TIMBREL_REALTIME { return cv_x != nullptr; }

    // The same path, starting `frames` later.
    PlanePath shifted(uint32_t frames) const noexcept TIMBREL_REALTIME {
        const auto time = static_cast<float>(frames);
        return {start + time * step,
                step,
                has_cv() ? cv_x + frames : nullptr,
                has_cv() ? cv_y + frames : nullptr,
                layer + layer_step * time,
                layer_step};
    }

    // `time`: frames after the first one, from -1 to the last frame. Clamped to the plane.
    PlanePoint at(float time) const noexcept TIMBREL_REALTIME {
        PlanePoint point = start + time * step;
        if (has_cv()) {
            const float position = std::max(0.0f, time + 1.0f);
            const auto index = static_cast<uint32_t>(position);
            const float fraction = position - static_cast<float>(index);
            point.x += cv_x[index] + (cv_x[index + 1] - cv_x[index]) * fraction;
            point.y += cv_y[index] + (cv_y[index + 1] - cv_y[index]) * fraction;
        }
        return within_plane(point);
    }
};

} // namespace timbrel::engine
