// Where the plane is played during a stretch of output frames. Real time.
#pragma once

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

// A straight line, and on top of it the audio-rate input when one is connected.
struct PlanePath {
    PlanePoint start{0.5f, 0.5f}; // at the stretch's first frame
    PlanePoint step{0.0f, 0.0f};  // change each frame
    const float* cv_x = nullptr;  // one value before the first frame, then one for each; null when not connected
    const float* cv_y = nullptr;
    float layer = 0.0f;      // share of the nearest corner's sound at the first frame
    float layer_step = 0.0f; // and its change each frame

    bool has_cv() const { return cv_x != nullptr; }

    // The same path, told from `frames` later on.
    PlanePath later(uint32_t frames) const {
        const auto time = static_cast<float>(frames);
        return {start + time * step,
                step,
                has_cv() ? cv_x + frames : nullptr,
                has_cv() ? cv_y + frames : nullptr,
                layer + layer_step * time,
                layer_step};
    }

    // `time`: in frames from the first one; from -1 to the last frame.
    PlanePoint at(float time) const {
        PlanePoint point = start + time * step;
        if (has_cv()) {
            const float place = std::max(0.0f, time + 1.0f);
            const auto index = static_cast<uint32_t>(place);
            const float between = place - static_cast<float>(index);
            point.x += cv_x[index] + (cv_x[index + 1] - cv_x[index]) * between;
            point.y += cv_y[index] + (cv_y[index + 1] - cv_y[index]) * between;
        }
        return within_plane(point);
    }
};

} // namespace timbrel::engine
