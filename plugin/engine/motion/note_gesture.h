// One note's own way along a gesture, told as what it adds to X and Y. Real time.
#pragma once

#include "plugin/engine/motion/crossfade_offset.h"
#include "plugin/engine/motion/gesture_player.h"

namespace timbrel::engine {

class NoteGesture {
  public:
    // `xy`: where X and Y are.
    void start(const GesturePlayer& player, PlanePoint xy) {
        follows_ = player.plays_each();
        take_ = player.takes();
        position_ = {};
        splice_.clear();
        offset_ = follows_ ? player.at(position_) - xy : PlanePoint{0.0f, 0.0f};
    }

    // Further by a share of a tick, at whose end X and Y are at `xy`.
    void step(const GesturePlayer& player, float ticks, const GlideRate& splice_rate, PlanePoint xy) {
        const bool followed = follows_;
        follows_ = player.plays_each();
        if (!follows_ && !followed && splice_.settled()) return;
        bool broken = follows_ != followed || take_ != player.takes();
        take_ = player.takes();
        if (broken) position_ = {};
        PlanePoint to{0.0f, 0.0f};
        if (follows_) {
            broken = player.advance(position_, ticks) || broken;
            to = player.at(position_) - xy;
        }
        if (broken) splice_.join(offset_, to);
        offset_ = splice_.step(splice_rate, to);
    }

    PlanePoint offset() const { return offset_; }

  private:
    bool follows_ = false;
    uint32_t take_ = 0;
    GesturePosition position_;
    Splice splice_;
    PlanePoint offset_{0.0f, 0.0f};
};

} // namespace timbrel::engine
