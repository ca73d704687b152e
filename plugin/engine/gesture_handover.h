// Passes gestures between the audio thread and the others, wait-free for the audio thread.
#pragma once

#include "plugin/engine/gesture.h"
#include "plugin/engine/latest.h"

#include <mutex>

namespace timbrel {

class GestureHandover {
  public:
    // Off the audio thread, several at once. The gesture recorded or restored last.
    Gesture gesture();
    void restore(const Gesture& gesture); // a valid one

    // Audio thread. A gesture restored since the last call, or null; it stays until the next one is taken.
    const GestureTape* take_restored() { return restored_.take() ? &restored_.value() : nullptr; }
    // Audio thread. The tape to record on; then the same, handed over. It stays as it is, fit to be played from, until
    // another is handed over.
    GestureTape& blank() { return recorded_.draft(); }
    const GestureTape& hand_over() {
        const GestureTape& tape = recorded_.draft();
        recorded_.publish();
        return tape;
    }

  private:
    Latest<GestureTape> recorded_, restored_;
    std::mutex mutex_; // guards what follows, the reader's side of recorded_ and the writer's of restored_
    Gesture latest_;
};

} // namespace timbrel
