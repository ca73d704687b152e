// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/motion/plane_motion.h"

#include "plugin/engine/core/engine_limits.h"

namespace timbrel::engine {

PlaneMotion::PlaneMotion(double tick_seconds, GestureExchange& exchange)
    : tick_seconds_(tick_seconds),
      control_rate_(SmootherRate::over(control_seconds / static_cast<float>(tick_seconds))),
      jump_rate_(SmootherRate::over(jump_smoothing_seconds / static_cast<float>(tick_seconds))), exchange_(exchange),
      recorder_(exchange) {}

void PlaneMotion::set(const Settings& settings) noexcept TIMBREL_REALTIME {
    const Gesture before = settings_.gesture;
    settings_ = settings;
    if (settings.gesture != before) {
        if (const GestureBuffer* recorded = recorder_.stop()) use_recording(recorded);
        if (settings.gesture == Gesture::record) recorder_.arm(settings.player.beats);
    }
}

void PlaneMotion::snap_to_targets() noexcept TIMBREL_REALTIME {
    for (auto* smoother : {&x_, &y_}) smoother->snap(smoother->target());
    modulation_.snap_to_targets();
}

void PlaneMotion::align_to_transport(const Transport& song) noexcept TIMBREL_REALTIME {
    move(song, 0.0);
    jump_smoother_.clear();
    from_ = position_ = target_;
}

void PlaneMotion::reset() noexcept TIMBREL_REALTIME {
    modulation_.reset();
    player_.rewind();
}

void PlaneMotion::use_recording(const GestureBuffer* recorded) {
    player_.load(recorded);
    ++recordings_;
}

// Advances by one tick unless `seconds` is 0.
float PlaneMotion::smoothed(Smoother& smoother, const SmootherRate& rate, double seconds) {
    return seconds > 0.0 ? smoother.step(rate) : smoother.value();
}

// Returns whether X and Y jump.
bool PlaneMotion::follow_gesture(const Transport& song, double seconds) {
    if (const GestureBuffer* restored = exchange_.take_restored()) {
        recorder_.cancel();
        player_.load(restored);
    }
    // A complete recording plays at once.
    auto player_settings = settings_.player;
    player_settings.enabled =
        settings_.gesture == Gesture::play || (settings_.gesture == Gesture::record && !recorder_.active());
    player_.set(player_settings);
    player_.step(song, seconds);
    const bool followed = gesture_replaces_xy_;
    gesture_replaces_xy_ = player_.plays_shared();
    if (!gesture_replaces_xy_) {
        xy_ = {smoothed(x_, settings_.glide, seconds), smoothed(y_, settings_.glide, seconds)};
        return false;
    }
    xy_ = player_.position();
    // When the gesture ends, X and Y continue from here.
    x_.set_value(xy_.x);
    y_.set_value(xy_.y);
    return !followed || player_.jumped();
}

// Advances everything by `seconds`; returns whether the target jumps.
bool PlaneMotion::move(const Transport& song, double seconds) {
    bool jumped = follow_gesture(song, seconds);
    jumped = modulation_.step(song, seconds, control_rate_) || jumped;
    target_ = modulation_.moved(xy_);
    return jumped;
}

void PlaneMotion::step(const Transport& song, PlanePoint touch_offset) noexcept TIMBREL_REALTIME {
    from_ = position_;
    if (move(song, tick_seconds_)) jump_smoother_.bridge(from_, target_);
    position_ = jump_smoother_.step(jump_rate_, target_);
    if (recorder_.active())
        if (const GestureBuffer* recorded = recorder_.step(song, tick_seconds_, xy_ + touch_offset))
            use_recording(recorded);
}

} // namespace timbrel::engine
