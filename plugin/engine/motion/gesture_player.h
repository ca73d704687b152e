// Plays a gesture: all notes along one way, in time with the song, or each note along its own. Real time.
#pragma once

#include "plugin/engine/motion/gesture.h"
#include "plugin/engine/motion/transport.h"

namespace timbrel::engine {

// How far one player is along a gesture.
struct GesturePosition {
    double time = 0.0;  // microseconds from its start, rounds unrolled
    double round = 0.0; // of the loop
};

class GesturePlayer {
  public:
    struct Settings {
        bool plays = false;
        bool loops = true;
        bool each_note = false;
        double beats = 0.0; // that the gesture takes; 0 for its own time
    };

    void set(const Settings& settings) { settings_ = settings; }
    // The gesture to play from now on, from its start; null for none. Stays as it is while it is played.
    void load(const GestureTape* tape) { tape_ = tape, begins_ = true, ++takes_; }
    void rewind() { begins_ = true; }

    // One tick of `seconds` further; `song` is how it stands at the tick's end.
    void step(const Transport& song, double seconds);

    const GestureTape* tape() const { return tape_; }
    uint32_t takes() const { return takes_; } // gestures loaded
    bool plays_all() const { return plays_ && !settings_.each_note; }
    bool plays_each() const { return plays_ && settings_.each_note; }

    // Of all notes together: the place at the tick's end, and whether the way there was broken.
    PlanePoint place() const { return at(position_); }
    bool jumped() const { return jumped_; }

    // Of one note's player: brings it on by the share of a tick that it has sounded; true when another round has begun.
    bool advance(GesturePosition& position, double ticks) const;
    PlanePoint at(const GesturePosition& position) const; // while a gesture plays

  private:
    bool move_to(GesturePosition& position, double time) const;
    double time_in(const Transport& song) const;

    Settings settings_;
    const GestureTape* tape_ = nullptr;
    uint32_t takes_ = 0;
    bool begins_ = true;
    bool plays_ = false; // and there is something to play
    double tick_ = 0.0;  // microseconds of the gesture in a tick
    GesturePosition position_;
    bool jumped_ = false;
};

} // namespace timbrel::engine
