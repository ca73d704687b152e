// Where the plane is played: X and Y on their glide or a gesture in their place, and around them orbit and random walk.
// Real time.
#pragma once

#include "plugin/engine/dsp/smoother.h"
#include "plugin/engine/motion/crossfade_offset.h"
#include "plugin/engine/motion/gesture_player.h"
#include "plugin/engine/motion/gesture_recorder.h"
#include "plugin/engine/motion/orbit.h"
#include "plugin/engine/motion/random_walk.h"

namespace timbrel::engine {

class PlaneMotion {
  public:
    enum class Gesture { off, record, play };
    struct Settings {
        GlideRate glide;
        double orbit_rate = 1.0, orbit_beats = 0.0; // turns a second; or, unless 0, beats a turn
        double wander_rate = 1.0;                   // places a second
        Gesture gesture = Gesture::off;
        GesturePlayer::Settings playing; // but for whether it plays
    };

    // `tick_seconds`: between two steps.
    PlaneMotion(double tick_seconds, GestureHandover& handover);

    // `rest`: share of the tick that follows the move; see Glide.
    void aim_x(float x, float rest) { x_.aim(x, rest); }
    void aim_y(float y, float rest) { y_.aim(y, rest); }
    void aim_orbit(float radius, float rest) { orbit_radius_.aim(radius, rest); }
    void aim_wander(float radius, float rest) { wander_radius_.aim(radius, rest); }
    void set(const Settings& settings);
    // All that glides is at once where it is to go.
    void end_glides();
    // Goes at once to where the song, which now stands as `song` says, has what moves in time with it.
    void rejoin(const Transport& song);
    // Everything that moves by itself begins anew.
    void reset();

    // To the end of the coming tick, where the song stands as `song` says. `fingers`: what the player adds to X and Y
    // there besides, for a recording.
    void step(const Transport& song, PlanePoint fingers);

    // All may lie beyond the plane's edges.
    PlanePoint from() const { return from_; }   // at the tick's beginning
    PlanePoint place() const { return place_; } // at its end
    PlanePoint xy() const { return xy_; }       // there, without orbit and walk

    bool records() const { return recorder_.active(); }
    const GesturePlayer& gesture() const { return player_; }
    uint32_t recordings() const { return recordings_; } // ended so far

  private:
    bool move(const Transport& song, double seconds);
    static float glided(Glide& glide, const GlideRate& rate, double seconds); // one tick, or none in no time
    void take(const GestureTape* recorded);
    bool follow_gesture(const Transport& song, double seconds); // returns whether the way there is broken

    const double tick_seconds_;
    const GlideRate control_rate_, splice_rate_;
    GestureHandover& handover_;
    Settings settings_;
    Glide x_{0.5f}, y_{0.5f};
    Glide orbit_radius_, wander_radius_;
    Orbit orbit_;
    Wander wander_;
    GestureRecorder recorder_;
    GesturePlayer player_;
    uint32_t recordings_ = 0;
    bool follows_ = false; // the gesture, in the last tick
    Splice splice_;
    PlanePoint goal_{0.5f, 0.5f}; // where the place would be if its way were never broken
    PlanePoint from_{0.5f, 0.5f}, place_{0.5f, 0.5f}, xy_{0.5f, 0.5f};
};

} // namespace timbrel::engine
