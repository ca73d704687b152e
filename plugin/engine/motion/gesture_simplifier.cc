#include "plugin/engine/motion/gesture_simplifier.h"

#include <algorithm>
#include <limits>

namespace timbrel::engine {

namespace {

constexpr double tolerance = 32.0; // of 65535: a two-thousandth of the plane

} // namespace

void GestureWriter::Door::narrow(double rise, double run) {
    low = std::max(low, (rise - tolerance) / run);
    high = std::min(high, (rise + tolerance) / run);
}

void GestureWriter::begin(GestureTape& tape, PlanePoint place) {
    tape_ = &tape;
    tape_->count = 0;
    latest_ = gesture_point(0, place);
    keep(latest_);
}

void GestureWriter::keep(const GesturePoint& point) {
    tape_->points[tape_->count++] = point;
    constexpr double any = std::numeric_limits<double>::infinity();
    x_ = y_ = {-any, any};
}

bool GestureWriter::add(uint32_t time, PlanePoint place) {
    if (time <= latest_.time) return true;
    if (tape_->count == max_gesture_points - 2) return false; // two are left for the end
    const GesturePoint point = gesture_point(time, place);
    const auto from_kept = [&](auto member) {
        return static_cast<double>(point.*member) - static_cast<double>(tape_->points[tape_->count - 1].*member);
    };
    double run = from_kept(&GesturePoint::time);
    if (!x_.lets_through(from_kept(&GesturePoint::x) / run) || !y_.lets_through(from_kept(&GesturePoint::y) / run)) {
        keep(latest_);
        run = from_kept(&GesturePoint::time);
    }
    x_.narrow(from_kept(&GesturePoint::x), run);
    y_.narrow(from_kept(&GesturePoint::y), run);
    latest_ = point;
    return true;
}

void GestureWriter::finish(uint32_t time) {
    const auto last = [this] { return tape_->points[tape_->count - 1].time; };
    if (latest_.time > last() && latest_.time < time) keep(latest_); // the way rests from there
    if (time > last()) keep({time, latest_.x, latest_.y});
}

} // namespace timbrel::engine
