// A random walk that is smooth and the same every time: a curve past random places, one after another. Real time.
#pragma once

#include "plugin/engine/core/plane_path.h"

#include <cmath>
#include <cstdint>

namespace timbrel::engine {

class Wander {
  public:
    void reset() { steps_ = 0.0; }

    // Brings it on by so many places, or a share of one.
    void step(double steps) { steps_ += steps; }

    // From -1 to 1 on both axes.
    PlanePoint point() const {
        const double whole = std::floor(steps_);
        const auto place = static_cast<uint64_t>(whole);
        const auto t = static_cast<float>(steps_ - whole);
        // A uniform cubic B-spline: its speed and acceleration have no jumps, and it stays among its places.
        const float s = 1.0f - t;
        const float weight[4] = {s * s * s / 6.0f, (3.0f * t * t * t - 6.0f * t * t + 4.0f) / 6.0f,
                                 (3.0f * s * s * s - 6.0f * s * s + 4.0f) / 6.0f, t * t * t / 6.0f};
        PlanePoint point{0.0f, 0.0f};
        for (uint32_t i = 0; i < 4; ++i) {
            point.x += weight[i] * random(2 * (place + i));
            point.y += weight[i] * random(2 * (place + i) + 1);
        }
        return point;
    }

  private:
    // From -1 to 1, of a number's own: multiplications and shifts mix its bits.
    static float random(uint64_t number) {
        uint64_t bits = (number + 1) * 0x9e3779b97f4a7c15u;
        bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
        bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
        return static_cast<float>(static_cast<int64_t>(bits ^ bits >> 31)) * 0x1p-63f;
    }

    double steps_ = 0.0;
};

} // namespace timbrel::engine
