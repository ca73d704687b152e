// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/motion/gesture_exchange.h"

#include <algorithm>

namespace timbrel::engine {

Gesture GestureExchange::gesture() {
    const std::lock_guard lock(mutex_);
    if (recorded_.take() && recorded_.value().restored_serial == restored_serial_) {
        const GestureBuffer& recorded = recorded_.value();
        latest_ = {recorded.song_seconds,
                   recorded.song_beat,
                   {recorded.points.begin(), recorded.points.begin() + recorded.count}};
    }
    return latest_;
}

void GestureExchange::restore(const Gesture& gesture) {
    const std::lock_guard lock(mutex_);
    latest_ = gesture;
    GestureBuffer& restored = restored_.draft();
    restored.song_seconds = gesture.song_seconds;
    restored.song_beat = gesture.song_beat;
    restored.restored_serial = ++restored_serial_;
    restored.count = static_cast<uint32_t>(gesture.points.size());
    std::copy(gesture.points.begin(), gesture.points.end(), restored.points.begin());
    restored_.publish();
}

} // namespace timbrel::engine
