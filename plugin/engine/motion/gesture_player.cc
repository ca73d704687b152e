// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/motion/gesture_player.h"

#include <cmath>

namespace timbrel::engine {

void GesturePlayer::step(const Transport& song, double seconds) noexcept TIMBREL_REALTIME {
    playing_ = settings_.enabled && gesture_ && !gesture_->empty();
    jumped_ = false;
    if (!playing_) {
        restart_ = true;
        return;
    }
    const double fraction = settings_.beats > 0.0 ? song.beats_in(seconds) / settings_.beats : 0.0;
    tick_length_ = settings_.beats > 0.0 ? fraction * gesture_->length() : seconds * 1e6;
    if (restart_) position_ = {};
    const double expected = position_.time + tick_length_;
    const double time = song.rolling ? time_in(song) : expected;
    const bool relocated = std::abs(time - expected) > 2.0 * tick_length_;
    const bool looped = move_to(position_, time);
    jumped_ = restart_ || relocated || looped;
    restart_ = false;
}

double GesturePlayer::time_in(const Transport& song) const {
    if (settings_.beats <= 0.0) return (song.seconds - gesture_->song_seconds) * 1e6;
    const double start = std::floor(gesture_->song_beat / settings_.beats + 1e-6) * settings_.beats;
    return (song.beat - start) / settings_.beats * gesture_->length();
}

bool GesturePlayer::move_to(GesturePosition& position, double time) const {
    const double before = position.repeat;
    position = {time, settings_.loops ? std::floor(time / gesture_->length()) : 0.0};
    return position.repeat != before;
}

bool GesturePlayer::advance(GesturePosition& position, double ticks) const noexcept TIMBREL_REALTIME {
    return move_to(position, position.time + ticks * tick_length_);
}

PlanePoint GesturePlayer::at(const GesturePosition& position) const noexcept TIMBREL_REALTIME {
    return gesture_->at(position.time - position.repeat * gesture_->length());
}

} // namespace timbrel::engine
