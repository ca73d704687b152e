#include "plugin/engine/motion/gesture_recorder.h"

#include <cmath>

namespace timbrel::engine {

namespace {

constexpr double longest = 4.2e9; // microseconds, as many as a point's time can count

} // namespace

void GestureRecorder::arm(double beats) {
    beats_ = beats;
    stage_ = Stage::first;
}

const GestureTape* GestureRecorder::stop() {
    const Stage stage = stage_;
    stage_ = Stage::idle;
    if (stage == Stage::moving) return finish(moved_);
    if (stage == Stage::in_beats) return finish(static_cast<uint32_t>(length_)); // the rest of the beats stands still
    return nullptr;
}

const GestureTape* GestureRecorder::finish(uint32_t time) {
    stage_ = Stage::idle;
    writer_.finish(time);
    return &handover_.hand_over();
}

const GestureTape* GestureRecorder::step(const Transport& song, double seconds, PlanePoint place) {
    const GesturePoint now = gesture_point(0, place);
    const bool moved = stage_ != Stage::first && now != before_;
    if (stage_ == Stage::first) stage_ = Stage::waiting;
    if (stage_ == Stage::waiting) {
        if (beats_ > 0.0 && song.rolling)
            wait_for_beat(song, seconds);
        else if (moved)
            begin(Stage::moving, song.rolling ? song.seconds - seconds : 0.0,
                  song.rolling ? song.beat - song.beats_in(seconds) : 0.0);
    }
    const GestureTape* ended = nullptr;
    if (stage_ == Stage::moving)
        ended = move(seconds, place, moved);
    else if (stage_ == Stage::in_beats)
        ended = keep_to_beats(song, place);
    before_ = now;
    return ended;
}

void GestureRecorder::wait_for_beat(const Transport& song, double seconds) {
    const double tick_beats = song.beats_in(seconds);
    // A millionth of a beat late is still on the beat: hosts round.
    const double beat = std::ceil((song.beat - tick_beats) / beats_ - 1e-6) * beats_;
    if (beat >= song.beat) return;
    length_ = beats_ / song.beats_per_minute * 60e6;
    begin(Stage::in_beats, song.seconds - (song.beat - beat) / tick_beats * seconds, beat);
}

void GestureRecorder::begin(Stage stage, double song_seconds, double song_beat) {
    stage_ = stage;
    elapsed_ = 0.0;
    moved_ = 0;
    GestureTape& tape = handover_.blank();
    tape.song_seconds = song_seconds;
    tape.song_beat = start_beat_ = song_beat;
    writer_.begin(tape, before_.place());
}

const GestureTape* GestureRecorder::move(double seconds, PlanePoint place, bool moved) {
    elapsed_ += seconds * 1e6;
    const auto time = static_cast<uint32_t>(std::lround(elapsed_));
    if (moved) moved_ = time;
    const bool goes_on = elapsed_ < longest && writer_.add(time, place);
    return goes_on ? nullptr : finish(moved_);
}

const GestureTape* GestureRecorder::keep_to_beats(const Transport& song, PlanePoint place) {
    const double elapsed = (song.beat - start_beat_) / beats_ * length_;
    if (!song.rolling || elapsed < elapsed_) { // the song has stopped or gone back: these beats are none
        stage_ = Stage::waiting;
        return nullptr;
    }
    elapsed_ = elapsed;
    if (writer_.add(static_cast<uint32_t>(std::fmin(elapsed, length_)), place) && elapsed < length_) return nullptr;
    return finish(static_cast<uint32_t>(length_));
}

} // namespace timbrel::engine
