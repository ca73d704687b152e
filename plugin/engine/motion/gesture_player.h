// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a gesture: either one position for all notes, aligned with the song, or each note from the gesture's start.
// Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/transport.h"
#include "plugin/engine/motion/gesture.h"

namespace timbrel::engine {

// A playback position in a gesture.
struct GesturePosition {
    double time = 0.0;   // microseconds since the first start, loops unrolled
    double repeat = 0.0; // complete loops before `time`
};

class GesturePlayer {
  public:
    struct Settings {
        bool enabled = false;
        bool loops = true;
        bool per_note = false;
        double beats = 0.0; // length to which the gesture is stretched; 0 for its recorded length
    };

    void set(const Settings& settings) noexcept TIMBREL_REALTIME { settings_ = settings; }
    // Plays this gesture from its start; null for none. It must not change while it is played.
    void load(const GestureBuffer* gesture) noexcept TIMBREL_REALTIME {
        gesture_ = gesture, restart_ = true, ++load_count_;
    }
    void rewind() noexcept TIMBREL_REALTIME { restart_ = true; }

    // Advances by one tick of `seconds`; `song` is the transport at the tick's end.
    void step(const Transport& song, double seconds) noexcept TIMBREL_REALTIME;

    const GestureBuffer* buffer() const noexcept TIMBREL_REALTIME { return gesture_; }
    uint32_t gesture_count() const noexcept TIMBREL_REALTIME {
        return load_count_;
    } // gestures loaded since construction
    bool plays_shared() const noexcept TIMBREL_REALTIME { return playing_ && !settings_.per_note; }
    bool plays_per_note() const noexcept TIMBREL_REALTIME { return playing_ && settings_.per_note; }

    // Shared playback: the position at the tick's end, and whether the path to it has a jump.
    PlanePoint position() const noexcept TIMBREL_REALTIME { return at(position_); }
    bool jumped() const noexcept TIMBREL_REALTIME { return jumped_; }

    // Per-note playback: advances one note's position by `ticks` ticks; true when a new loop has begun.
    bool advance(GesturePosition& position, double ticks) const noexcept TIMBREL_REALTIME;
    // Only while a gesture plays.
    PlanePoint at(const GesturePosition& position) const noexcept TIMBREL_REALTIME;

  private:
    bool move_to(GesturePosition& position, double time) const;
    double time_in(const Transport& song) const;

    Settings settings_;
    const GestureBuffer* gesture_ = nullptr;
    uint32_t load_count_ = 0;
    bool restart_ = true;
    bool playing_ = false;     // enabled, and there is a gesture
    double tick_length_ = 0.0; // of the gesture's time, microseconds
    GesturePosition position_;
    bool jumped_ = false;
};

} // namespace timbrel::engine
