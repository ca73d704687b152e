// SPDX-License-Identifier: GPL-3.0-or-later
// A smooth, repeatable random walk: a uniform cubic B-spline over pseudo-random control points. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/hashed_noise.h"
#include "plugin/engine/core/plane_path.h"

#include <cmath>
#include <cstdint>

namespace timbrel::engine {

class RandomWalk {
  public:
    void reset() noexcept TIMBREL_REALTIME { distance_ = 0.0; }

    // Advances by `distance` control points; fractions are allowed.
    void step(double distance) noexcept TIMBREL_REALTIME { distance_ += distance; }

    // From -1 to 1 on both axes.
    PlanePoint point() const noexcept TIMBREL_REALTIME {
        const double whole = std::floor(distance_);
        const auto first = static_cast<uint64_t>(whole);
        const auto t = static_cast<float>(distance_ - whole);
        // The spline's speed and acceleration are continuous, and it stays within the hull of its control points.
        const float s = 1.0f - t;
        const float weight[4] = {s * s * s / 6.0f, (3.0f * t * t * t - 6.0f * t * t + 4.0f) / 6.0f,
                                 (3.0f * s * s * s - 6.0f * s * s + 4.0f) / 6.0f, t * t * t / 6.0f};
        PlanePoint point{0.0f, 0.0f};
        for (uint32_t i = 0; i < 4; ++i) {
            point.x += weight[i] * hashed_noise(2 * (first + i));
            point.y += weight[i] * hashed_noise(2 * (first + i) + 1);
        }
        return point;
    }

  private:
    double distance_ = 0.0; // in control points
};

} // namespace timbrel::engine
