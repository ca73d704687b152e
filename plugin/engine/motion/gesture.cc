#include "plugin/engine/motion/gesture.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr double farthest = 1e9; // seconds or beats

uint16_t stored(float place) { return static_cast<uint16_t>(std::lround(std::clamp(place, 0.0f, 1.0f) * 65535.0f)); }

} // namespace

GesturePoint gesture_point(uint32_t time, PlanePoint place) { return {time, stored(place.x), stored(place.y)}; }

bool Gesture::valid() const {
    if (!(std::abs(song_seconds) <= farthest && std::abs(song_beat) <= farthest)) return false; // NaN too
    if (points.empty()) return true;
    if (points.size() < 2 || points.size() > max_gesture_points || points[0].time != 0) return false;
    const auto stands = [](const GesturePoint& a, const GesturePoint& b) { return a.time >= b.time; };
    return std::adjacent_find(points.begin(), points.end(), stands) == points.end();
}

PlanePoint GestureTape::at(double time) const {
    const auto first = points.begin(), last = first + count - 1;
    const auto next = std::upper_bound(first, last, time,
                                       [](double t, const GesturePoint& p) { return t < static_cast<double>(p.time); });
    if (next == first) return first->place();
    const PlanePoint from = (next - 1)->place(), to = next->place();
    const double share = (time - (next - 1)->time) / (next->time - (next - 1)->time);
    const auto between = static_cast<float>(std::min(share, 1.0));
    return from + between * (to - from);
}

} // namespace timbrel::engine
