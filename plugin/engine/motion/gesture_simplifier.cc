// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/motion/gesture_simplifier.h"

#include <algorithm>
#include <limits>

namespace timbrel::engine {

namespace {

constexpr double tolerance = 32.0; // of 65535: a two-thousandth of the plane

} // namespace

void GestureSimplifier::Door::narrow(double rise, double run) {
    low = std::max(low, (rise - tolerance) / run);
    high = std::min(high, (rise + tolerance) / run);
}

void GestureSimplifier::begin(GestureBuffer& output, PlanePoint position) noexcept TIMBREL_REALTIME {
    output_ = &output;
    output_->count = 0;
    latest_ = gesture_point(0, position);
    store(latest_);
}

void GestureSimplifier::store(const GesturePoint& point) {
    output_->points[output_->count++] = point;
    constexpr double infinity = std::numeric_limits<double>::infinity();
    x_ = y_ = {-infinity, infinity};
}

bool GestureSimplifier::add(uint32_t time, PlanePoint position) noexcept TIMBREL_REALTIME {
    if (time <= latest_.time) return true;
    if (output_->count == max_gesture_points - 2) return false; // finish() stores up to two more
    const GesturePoint point = gesture_point(time, position);
    const auto from_stored = [&](auto member) {
        return static_cast<double>(point.*member) - static_cast<double>(output_->points[output_->count - 1].*member);
    };
    double run = from_stored(&GesturePoint::time);
    if (!x_.contains(from_stored(&GesturePoint::x) / run) || !y_.contains(from_stored(&GesturePoint::y) / run)) {
        store(latest_);
        run = from_stored(&GesturePoint::time);
    }
    x_.narrow(from_stored(&GesturePoint::x), run);
    y_.narrow(from_stored(&GesturePoint::y), run);
    latest_ = point;
    return true;
}

void GestureSimplifier::finish(uint32_t time) noexcept TIMBREL_REALTIME {
    const auto last = [this] { return output_->points[output_->count - 1].time; };
    if (latest_.time > last() && latest_.time < time) store(latest_); // the path rests from there
    if (time > last()) store({time, latest_.x, latest_.y});
}

} // namespace timbrel::engine
