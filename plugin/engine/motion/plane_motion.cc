#include "plugin/engine/motion/plane_motion.h"

#include "plugin/engine/core/engine_limits.h"

namespace timbrel::engine {

PlaneMotion::PlaneMotion(double tick_seconds, GestureHandover& handover)
    : tick_seconds_(tick_seconds), control_rate_(GlideRate::over(control_seconds / static_cast<float>(tick_seconds))),
      splice_rate_(GlideRate::over(splice_seconds / static_cast<float>(tick_seconds))), handover_(handover),
      recorder_(handover) {}

void PlaneMotion::set(const Settings& settings) {
    const Gesture before = settings_.gesture;
    settings_ = settings;
    if (settings.gesture != before) {
        if (const GestureTape* recorded = recorder_.stop()) take(recorded);
        if (settings.gesture == Gesture::record) recorder_.arm(settings.playing.beats);
    }
}

void PlaneMotion::end_glides() {
    for (auto* glide : {&x_, &y_, &orbit_radius_, &wander_radius_}) glide->jump(glide->target());
}

void PlaneMotion::rejoin(const Transport& song) {
    move(song, 0.0);
    splice_.clear();
    from_ = place_ = goal_;
}

void PlaneMotion::reset() {
    orbit_.reset();
    wander_.reset();
    player_.rewind();
}

void PlaneMotion::take(const GestureTape* recorded) {
    player_.load(recorded);
    ++recordings_;
}

float PlaneMotion::glided(Glide& glide, const GlideRate& rate, double seconds) {
    return seconds > 0.0 ? glide.step(rate) : glide.value();
}

bool PlaneMotion::follow_gesture(const Transport& song, double seconds) {
    if (const GestureTape* restored = handover_.take_restored()) {
        recorder_.cancel();
        player_.load(restored);
    }
    // What has been recorded in full is played at once.
    auto playing = settings_.playing;
    playing.plays = settings_.gesture == Gesture::play || (settings_.gesture == Gesture::record && !recorder_.active());
    player_.set(playing);
    player_.step(song, seconds);
    const bool followed = follows_;
    follows_ = player_.plays_all();
    if (!follows_) {
        xy_ = {glided(x_, settings_.glide, seconds), glided(y_, settings_.glide, seconds)};
        return false;
    }
    xy_ = player_.place();
    // Should the gesture end, X and Y glide on from there.
    x_.place(xy_.x);
    y_.place(xy_.y);
    return !followed || player_.jumped();
}

// Brings everything to where it is `seconds` later; true when the way there is broken.
bool PlaneMotion::move(const Transport& song, double seconds) {
    bool broken = follow_gesture(song, seconds);
    goal_ = xy_;
    const bool thrown = orbit_.step(song, seconds, settings_.orbit_beats, settings_.orbit_rate);
    if (const float radius = glided(orbit_radius_, control_rate_, seconds); radius != 0.0f) {
        goal_ = goal_ + radius * orbit_.point();
        broken = broken || thrown;
    }
    wander_.step(seconds * settings_.wander_rate);
    if (const float radius = glided(wander_radius_, control_rate_, seconds); radius != 0.0f)
        goal_ = goal_ + radius * wander_.point();
    return broken;
}

void PlaneMotion::step(const Transport& song, PlanePoint fingers) {
    from_ = place_;
    if (move(song, tick_seconds_)) splice_.join(from_, goal_);
    place_ = splice_.step(splice_rate_, goal_);
    if (recorder_.active())
        if (const GestureTape* recorded = recorder_.step(song, tick_seconds_, xy_ + fingers)) take(recorded);
}

} // namespace timbrel::engine
