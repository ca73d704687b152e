// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/motion/gesture_recorder.h"

#include <cmath>

namespace timbrel::engine {

namespace {

constexpr double max_length = 4.2e9; // microseconds, within the 32 bits of GesturePoint::time

} // namespace

void GestureRecorder::arm(double beats) noexcept TIMBREL_REALTIME {
    beats_ = beats;
    stage_ = Stage::armed;
}

const GestureBuffer* GestureRecorder::stop() noexcept TIMBREL_REALTIME {
    const Stage stage = stage_;
    stage_ = Stage::idle;
    if (stage == Stage::recording_motion) return finish(last_movement_);
    // The rest of the beats has no movement.
    if (stage == Stage::recording_beats) return finish(static_cast<uint32_t>(length_));
    return nullptr;
}

const GestureBuffer* GestureRecorder::finish(uint32_t time) {
    stage_ = Stage::idle;
    simplifier_.finish(time);
    return &exchange_.publish();
}

const GestureBuffer* GestureRecorder::step(const Transport& song, double seconds,
                                           PlanePoint position) noexcept TIMBREL_REALTIME {
    const GesturePoint now = gesture_point(0, position);
    const bool moved = stage_ != Stage::armed && now != before_;
    if (stage_ == Stage::armed) stage_ = Stage::waiting;
    if (stage_ == Stage::waiting) {
        if (beats_ > 0.0 && song.rolling)
            wait_for_beat(song, seconds);
        else if (moved)
            begin(Stage::recording_motion, song.rolling ? song.seconds - seconds : 0.0,
                  song.rolling ? song.beat - song.beats_in(seconds) : 0.0);
    }
    const GestureBuffer* ended = nullptr;
    if (stage_ == Stage::recording_motion)
        ended = record_motion(seconds, position, moved);
    else if (stage_ == Stage::recording_beats)
        ended = record_beats(song, position);
    before_ = now;
    return ended;
}

void GestureRecorder::wait_for_beat(const Transport& song, double seconds) {
    const double tick_beats = song.beats_in(seconds);
    // Accepts a beat that is a millionth late, because hosts round.
    const double beat = std::ceil((song.beat - tick_beats) / beats_ - 1e-6) * beats_;
    if (beat >= song.beat) return;
    length_ = beats_ / song.beats_per_minute * 60e6;
    begin(Stage::recording_beats, song.seconds - (song.beat - beat) / tick_beats * seconds, beat);
}

void GestureRecorder::begin(Stage stage, double song_seconds, double song_beat) {
    stage_ = stage;
    elapsed_ = 0.0;
    last_movement_ = 0;
    GestureBuffer& draft = exchange_.draft();
    draft.song_seconds = song_seconds;
    draft.song_beat = start_beat_ = song_beat;
    simplifier_.begin(draft, before_.position());
}

const GestureBuffer* GestureRecorder::record_motion(double seconds, PlanePoint position, bool moved) {
    elapsed_ += seconds * 1e6;
    const auto time = static_cast<uint32_t>(std::lround(elapsed_));
    if (moved) last_movement_ = time;
    const bool has_capacity = elapsed_ < max_length && simplifier_.add(time, position);
    return has_capacity ? nullptr : finish(last_movement_);
}

const GestureBuffer* GestureRecorder::record_beats(const Transport& song, PlanePoint position) {
    const double elapsed = (song.beat - start_beat_) / beats_ * length_;
    if (!song.rolling || elapsed < elapsed_) { // the song stopped or went back: start over
        stage_ = Stage::waiting;
        return nullptr;
    }
    elapsed_ = elapsed;
    const bool has_capacity = simplifier_.add(static_cast<uint32_t>(std::fmin(elapsed, length_)), position);
    if (has_capacity && elapsed < length_) return nullptr;
    return finish(static_cast<uint32_t>(length_));
}

} // namespace timbrel::engine
