// SPDX-License-Identifier: GPL-3.0-or-later
// Exchanges gestures between the audio thread and the others; wait-free for the audio thread.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/triple_buffer.h"
#include "plugin/engine/motion/gesture.h"

#include <mutex>

namespace timbrel::engine {

class GestureExchange {
  public:
    // Control or worker, several threads at once. The gesture recorded or restored last. A recording that ended before
    // the audio thread took a restored gesture is superseded by the restored one.
    Gesture gesture();
    // Control or worker, several threads at once. `gesture` must be valid().
    void restore(const Gesture& gesture);

    // Audio. The gesture restored since the last call, or null; valid until the next one is taken.
    const GestureBuffer* take_restored() noexcept TIMBREL_REALTIME {
        if (!restored_.take()) return nullptr;
        taken_serial_ = restored_.value().restored_serial;
        return &restored_.value();
    }
    // Audio. The buffer to record into.
    GestureBuffer& draft() noexcept TIMBREL_REALTIME { return recorded_.draft(); }
    // Audio. Publishes the draft. The result can be played from until another draft is published.
    const GestureBuffer& publish() noexcept TIMBREL_REALTIME {
        GestureBuffer& published = recorded_.draft();
        published.restored_serial = taken_serial_;
        recorded_.publish();
        return published;
    }

  private:
    TripleBuffer<GestureBuffer> recorded_, restored_;
    uint32_t taken_serial_ = 0; // audio thread only: serial of the restored gesture taken last
    std::mutex mutex_;          // guards latest_, restored_serial_, recorded_'s reading and restored_'s writing side
    Gesture latest_;
    uint32_t restored_serial_ = 0;
};

} // namespace timbrel::engine
