// Decides what of the player's way becomes a gesture: from the first movement to the last, or a whole number of the
// song's beats. Real time.
#pragma once

#include "plugin/engine/motion/gesture_handover.h"
#include "plugin/engine/motion/gesture_simplifier.h"
#include "plugin/engine/motion/transport.h"

#include <cstdint>

namespace timbrel::engine {

class GestureRecorder {
  public:
    explicit GestureRecorder(GestureHandover& handover) : handover_(handover) {}

    // Waits for a movement. In a song that rolls, with `beats` not 0, waits for the next multiple of them instead and
    // records for just so long.
    void arm(double beats);
    // The end of waiting or recording. What has been recorded, handed over; null for nothing.
    const GestureTape* stop();
    // The end of waiting or recording, of which nothing is kept.
    void cancel() { stage_ = Stage::idle; }

    bool active() const { return stage_ != Stage::idle; }

    // While active: one tick of `seconds` further. `song` is how it stands at the tick's end, `place` where the player
    // is then. Returns the recording once it has ended by itself, null before.
    const GestureTape* step(const Transport& song, double seconds, PlanePoint place);

  private:
    enum class Stage { idle, first, waiting, moving, in_beats };
    void wait_for_beat(const Transport& song, double seconds);
    void begin(Stage stage, double song_seconds, double song_beat);
    const GestureTape* move(double seconds, PlanePoint place, bool moved);
    const GestureTape* keep_to_beats(const Transport& song, PlanePoint place);
    const GestureTape* finish(uint32_t time);

    GestureHandover& handover_;
    GestureWriter writer_;
    Stage stage_ = Stage::idle;
    double beats_ = 0.0;
    double start_beat_ = 0.0, length_ = 0.0; // of a recording in beats; length in microseconds
    double elapsed_ = 0.0;                   // microseconds since the recording began
    uint32_t moved_ = 0;                     // when the player moved last
    GesturePoint before_{};                  // where the player was one tick ago
};

} // namespace timbrel::engine
