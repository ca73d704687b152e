#include "plugin/engine/motion/gesture_player.h"

#include <cmath>

namespace timbrel::engine {

void GesturePlayer::step(const Transport& song, double seconds) {
    plays_ = settings_.plays && tape_ && !tape_->empty();
    jumped_ = false;
    if (!plays_) {
        begins_ = true;
        return;
    }
    const double shares = settings_.beats > 0.0 ? song.beats_in(seconds) / settings_.beats : 0.0;
    tick_ = settings_.beats > 0.0 ? shares * tape_->length() : seconds * 1e6;
    if (begins_) position_ = {};
    const double expected = position_.time + tick_;
    const double time = song.rolling ? time_in(song) : expected;
    const bool leaps = std::abs(time - expected) > 2.0 * tick_;
    const bool turns = move_to(position_, time);
    jumped_ = begins_ || leaps || turns;
    begins_ = false;
}

double GesturePlayer::time_in(const Transport& song) const {
    if (settings_.beats <= 0.0) return (song.seconds - tape_->song_seconds) * 1e6;
    const double start = std::floor(tape_->song_beat / settings_.beats + 1e-6) * settings_.beats;
    return (song.beat - start) / settings_.beats * tape_->length();
}

bool GesturePlayer::move_to(GesturePosition& position, double time) const {
    const double before = position.round;
    position = {time, settings_.loops ? std::floor(time / tape_->length()) : 0.0};
    return position.round != before;
}

bool GesturePlayer::advance(GesturePosition& position, double ticks) const {
    return move_to(position, position.time + ticks * tick_);
}

PlanePoint GesturePlayer::at(const GesturePosition& position) const {
    return tape_->at(position.time - position.round * tape_->length());
}

} // namespace timbrel::engine
