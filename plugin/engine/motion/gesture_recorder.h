// SPDX-License-Identifier: GPL-3.0-or-later
// Records a gesture from the player's path: from the first movement to the last, or a whole number of the song's beats.
// Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/transport.h"
#include "plugin/engine/motion/gesture_exchange.h"
#include "plugin/engine/motion/gesture_simplifier.h"

#include <cstdint>

namespace timbrel::engine {

class GestureRecorder {
  public:
    explicit GestureRecorder(GestureExchange& exchange) : exchange_(exchange) {}

    // Waits for a movement. When the song rolls and `beats` is not 0, waits for the next multiple of `beats` instead
    // and records exactly that many.
    void arm(double beats) noexcept TIMBREL_REALTIME;
    // Stops waiting or recording. Returns the published recording, null when there is none.
    const GestureBuffer* stop() noexcept TIMBREL_REALTIME;
    // Stops waiting or recording and discards the recording.
    void cancel() noexcept TIMBREL_REALTIME { stage_ = Stage::idle; }

    bool active() const noexcept TIMBREL_REALTIME { return stage_ != Stage::idle; }

    // While active, once a tick of `seconds`. `song` and `position` are the transport and the player's position at the
    // tick's end. Returns the published recording when it has ended by itself, otherwise null.
    const GestureBuffer* step(const Transport& song, double seconds, PlanePoint position) noexcept TIMBREL_REALTIME;

  private:
    enum class Stage { idle, armed, waiting, recording_motion, recording_beats };
    void wait_for_beat(const Transport& song, double seconds);
    void begin(Stage stage, double song_seconds, double song_beat);
    const GestureBuffer* record_motion(double seconds, PlanePoint position, bool moved);
    const GestureBuffer* record_beats(const Transport& song, PlanePoint position);
    const GestureBuffer* finish(uint32_t time);

    GestureExchange& exchange_;
    GestureSimplifier simplifier_;
    Stage stage_ = Stage::idle;
    double beats_ = 0.0;
    double start_beat_ = 0.0, length_ = 0.0; // of a recording in beats; length in microseconds
    double elapsed_ = 0.0;                   // microseconds since the recording began
    uint32_t last_movement_ = 0;             // microseconds since the recording began
    GesturePoint before_{};                  // the player's position one tick ago
};

} // namespace timbrel::engine
