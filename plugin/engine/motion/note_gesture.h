// SPDX-License-Identifier: GPL-3.0-or-later
// One note's playback of a gesture, as an offset to X and Y. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/motion/gesture_player.h"
#include "plugin/engine/motion/jump_smoother.h"

namespace timbrel::engine {

class NoteGesture {
  public:
    // `xy`: the present X and Y.
    void start(const GesturePlayer& player, PlanePoint xy) noexcept TIMBREL_REALTIME {
        active_ = player.plays_per_note();
        gesture_number_ = player.gesture_count();
        position_ = {};
        jump_smoother_.clear();
        offset_ = active_ ? player.at(position_) - xy : PlanePoint{0.0f, 0.0f};
    }

    // Advances by `ticks` ticks; `xy` is X and Y at their end.
    void step(const GesturePlayer& player, float ticks, const SmootherRate& jump_rate,
              PlanePoint xy) noexcept TIMBREL_REALTIME {
        const bool followed = active_;
        active_ = player.plays_per_note();
        if (!active_ && !followed && jump_smoother_.at_rest()) return;
        bool jumped = active_ != followed || gesture_number_ != player.gesture_count();
        gesture_number_ = player.gesture_count();
        if (jumped) position_ = {};
        PlanePoint target{0.0f, 0.0f};
        if (active_) {
            jumped = player.advance(position_, ticks) || jumped;
            target = player.at(position_) - xy;
        }
        if (jumped) jump_smoother_.bridge(offset_, target);
        offset_ = jump_smoother_.step(jump_rate, target);
    }

    PlanePoint offset() const noexcept TIMBREL_REALTIME { return offset_; }

  private:
    bool active_ = false;
    uint32_t gesture_number_ = 0;
    GesturePosition position_;
    JumpSmoother jump_smoother_;
    PlanePoint offset_{0.0f, 0.0f};
};

} // namespace timbrel::engine
