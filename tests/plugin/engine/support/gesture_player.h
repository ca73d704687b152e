// SPDX-License-Identifier: GPL-3.0-or-later
// A player for tests of gestures, and the gesture that they play. Thread: the test's.
#pragma once

#include "tests/plugin/engine/support/player.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace timbrel::test {

inline constexpr uint32_t tick = 64; // frames between two updates of the position

// Values of the parameters `gesture` and `gesture_sync`.
inline constexpr float mode_off = 0, mode_record = 1, mode_play = 2, sync_four_beats = 5;

// Moves X from 0 to 1 and Y from 0 to 1 and back, in one second.
inline engine::Gesture ramp() {
    using engine::gesture_point;
    return {0.0, 0.0, {gesture_point(0, {0, 0}), gesture_point(500000, {0.5f, 1}), gesture_point(1000000, {1, 0})}};
}

// The position of ramp() at a fraction of its length. Repeats it before 0 and after 1.
inline engine::PlanePoint ramp_position(double fraction) {
    fraction -= std::floor(fraction);
    return {static_cast<float>(fraction), static_cast<float>(1 - std::abs(2 * fraction - 1))};
}

// The larger of the differences in X and in Y.
inline double distance(engine::PlanePoint a, engine::PlanePoint b) {
    return std::max(std::abs(a.x - b.x), std::abs(a.y - b.y));
}

class GesturePlayer : public Player {
  public:
    explicit GesturePlayer(uint32_t block = tick, std::shared_ptr<const engine::Bank> bank = nullptr)
        : Player(std::move(bank), 48000.0, block) {
        set(engine::Parameter::glide, 1);
    }
    engine::PlanePoint position() const { return {synth.status().x, synth.status().y}; }
    // Plays `frames` and returns the position at the end of each tick. `before_tick` gets the tick's first frame.
    std::vector<engine::PlanePoint> record_path(uint32_t frames,
                                                const std::function<void(uint32_t)>& before_tick = {}) {
        std::vector<engine::PlanePoint> path;
        for (uint32_t frame = 0; frame < frames; frame += tick) {
            if (before_tick) before_tick(frame);
            play(tick);
            path.push_back(position());
        }
        return path;
    }
};

} // namespace timbrel::test
