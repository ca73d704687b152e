// SPDX-License-Identifier: GPL-3.0-or-later
// The played position on the plane: X and Y (smoothed, or replaced by a gesture), modulated, once a tick.
// Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/dsp/smoother.h"
#include "plugin/engine/modulation/modulation.h"
#include "plugin/engine/motion/gesture_player.h"
#include "plugin/engine/motion/gesture_recorder.h"
#include "plugin/engine/motion/jump_smoother.h"

namespace timbrel::engine {

class PlaneMotion {
  public:
    enum class Gesture { off, record, play };
    struct Settings {
        SmootherRate glide;
        Gesture gesture = Gesture::off;
        GesturePlayer::Settings player; // `enabled` is ignored
    };

    // `tick_seconds`: the time between two steps.
    PlaneMotion(double tick_seconds, GestureExchange& exchange);

    // Targets of X and Y. `remaining`: the part of the coming tick after the change, 0–1; see Smoother.
    void set_x_target(float x, float remaining) noexcept TIMBREL_REALTIME { x_.set_target(x, remaining); }
    void set_y_target(float y, float remaining) noexcept TIMBREL_REALTIME { y_.set_target(y, remaining); }
    void set(const Settings& settings) noexcept TIMBREL_REALTIME;
    // Sets every smoothed value to its target.
    void snap_to_targets() noexcept TIMBREL_REALTIME;
    // Moves everything that follows the song to where it is at `song`, without smoothing.
    void align_to_transport(const Transport& song) noexcept TIMBREL_REALTIME;
    // Restarts modulation and gesture.
    void reset() noexcept TIMBREL_REALTIME;

    // Advances by one tick; `song` is the transport at its end. `touch_offset`: what the player's keys and pads add to
    // X and Y there, for the recording of a gesture.
    void step(const Transport& song, PlanePoint touch_offset) noexcept TIMBREL_REALTIME;

    // These may lie outside the plane.
    PlanePoint tick_start() const noexcept TIMBREL_REALTIME { return from_; }   // at the tick's beginning
    PlanePoint position() const noexcept TIMBREL_REALTIME { return position_; } // at its end
    PlanePoint xy() const noexcept TIMBREL_REALTIME { return xy_; }             // at its end, not modulated

    // Stepped together with the motion.
    Modulation& modulation() noexcept TIMBREL_REALTIME { return modulation_; }
    const Modulation& modulation() const noexcept TIMBREL_REALTIME { return modulation_; }

    bool is_recording() const noexcept TIMBREL_REALTIME { return recorder_.active(); }
    const GesturePlayer& gesture() const noexcept TIMBREL_REALTIME { return player_; }
    uint32_t recordings() const noexcept TIMBREL_REALTIME { return recordings_; } // completed since construction

  private:
    bool move(const Transport& song, double seconds);
    static float smoothed(Smoother& smoother, const SmootherRate& rate, double seconds);
    void use_recording(const GestureBuffer* recorded);
    bool follow_gesture(const Transport& song, double seconds);

    const double tick_seconds_;
    const SmootherRate control_rate_, jump_rate_;
    GestureExchange& exchange_;
    Settings settings_;
    Smoother x_{0.5f}, y_{0.5f};
    Modulation modulation_;
    GestureRecorder recorder_;
    GesturePlayer player_;
    uint32_t recordings_ = 0;
    bool gesture_replaces_xy_ = false; // in the last tick
    JumpSmoother jump_smoother_;
    PlanePoint target_{0.5f, 0.5f}; // the position before jumps are smoothed
    PlanePoint from_{0.5f, 0.5f}, position_{0.5f, 0.5f}, xy_{0.5f, 0.5f};
};

} // namespace timbrel::engine
