// SPDX-License-Identifier: GPL-3.0-or-later
// Host transport, extrapolated to engine ticks. Thread: audio.
#pragma once

#include "common/realtime.h"

#include <array>
#include <cstdint>

namespace timbrel::engine {

struct Transport {
    bool rolling = false;
    double seconds = 0.0; // from the song's start
    double beat = 0.0;    // from the song's start, in beats as the host counts them
    double beats_per_minute = 120.0;

    double beats_in(double seconds_passed) const noexcept TIMBREL_REALTIME {
        return seconds_passed * beats_per_minute / 60.0;
    }
    void advance(double seconds_passed) noexcept TIMBREL_REALTIME {
        if (!rolling) return;
        seconds += seconds_passed;
        beat += beats_in(seconds_passed);
    }
};

class TransportClock {
  public:
    // The host's transport at `frame` of the coming block; frames must not descend. At most 32 are kept for a block:
    // when it is full, the newest replaces the last.
    void queue(uint32_t frame, const Transport& transport) noexcept TIMBREL_REALTIME {
        if (count_ == changes_.size()) --count_;
        changes_[count_++] = {frame, transport};
    }

    bool rolling() const noexcept TIMBREL_REALTIME { return now_.rolling; } // at the end of the last tick

    // The transport at the end of the tick that begins at `frame` of the block and lasts `frames`; `rate` in frames per
    // second.
    const Transport& step(uint32_t frame, uint32_t frames, double rate) noexcept TIMBREL_REALTIME {
        uint32_t past = 0;
        for (; past < count_ && changes_[past].frame <= frame; ++past) {
            now_ = changes_[past].transport;
            now_.advance(static_cast<double>(frame - changes_[past].frame) / rate);
        }
        remove_first(past);
        now_.advance(frames / rate);
        return now_;
    }

    // Renumbers the changes in the block's last tick from the next block's start.
    void end_block(uint32_t frames) noexcept TIMBREL_REALTIME {
        for (uint32_t i = 0; i < count_; ++i) changes_[i].frame -= frames;
    }

  private:
    struct Change {
        int64_t frame; // negative: in an earlier block
        Transport transport;
    };
    void remove_first(uint32_t removed) {
        for (uint32_t i = removed; i < count_; ++i) changes_[i - removed] = changes_[i];
        count_ -= removed;
    }

    Transport now_;
    std::array<Change, 32> changes_;
    uint32_t count_ = 0;
};

} // namespace timbrel::engine
