// Passes gestures between the audio thread and the others, wait-free for the audio thread.
#pragma once

#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/motion/gesture.h"

#include <mutex>

namespace timbrel::engine {

class GestureHandover {
  public:
    // Off the audio thread, several at once. The gesture recorded or restored last; one whose recording ended before
    // the audio thread took a restored one was overtaken by that.
    Gesture gesture();
    void restore(const Gesture& gesture); // a valid one

    // Audio thread. A gesture restored since the last call, or null; it stays until the next one is taken.
    const GestureTape* take_restored() {
        if (!restored_.take()) return nullptr;
        taken_ = restored_.value().restores;
        return &restored_.value();
    }
    // Audio thread. The tape to record on; then the same, handed over. It stays as it is, fit to be played from, until
    // another is handed over.
    GestureTape& blank() { return recorded_.draft(); }
    const GestureTape& hand_over() {
        GestureTape& tape = recorded_.draft();
        tape.restores = taken_;
        recorded_.publish();
        return tape;
    }

  private:
    Latest<GestureTape> recorded_, restored_;
    uint32_t taken_ = 0; // the audio thread's: restores up to the last that it took
    std::mutex mutex_;   // guards what follows, the reader's side of recorded_ and the writer's of restored_
    Gesture latest_;
    uint32_t restores_ = 0;
};

} // namespace timbrel::engine
