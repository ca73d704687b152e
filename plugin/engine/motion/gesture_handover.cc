#include "plugin/engine/motion/gesture_handover.h"

#include <algorithm>

namespace timbrel::engine {

Gesture GestureHandover::gesture() {
    const std::lock_guard lock(mutex_);
    if (recorded_.take() && recorded_.value().restores == restores_) {
        const GestureTape& tape = recorded_.value();
        latest_ = {tape.song_seconds, tape.song_beat, {tape.points.begin(), tape.points.begin() + tape.count}};
    }
    return latest_;
}

void GestureHandover::restore(const Gesture& gesture) {
    const std::lock_guard lock(mutex_);
    latest_ = gesture;
    GestureTape& tape = restored_.draft();
    tape.song_seconds = gesture.song_seconds;
    tape.song_beat = gesture.song_beat;
    tape.restores = ++restores_;
    tape.count = static_cast<uint32_t>(gesture.points.size());
    std::copy(gesture.points.begin(), gesture.points.end(), tape.points.begin());
    restored_.publish();
}

} // namespace timbrel::engine
