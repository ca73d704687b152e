// SPDX-License-Identifier: GPL-3.0-or-later
// The zones of MIDI Polyphonic Expression (MPE 1.0): a master channel, whose controllers apply to the whole zone, and
// member channels that carry one note each. Thread: audio. Channels are 0–15.
#pragma once

#include "common/realtime.h"

#include <cstdint>

namespace timbrel::engine {

class MpeZones {
  public:
    static constexpr uint8_t lower_master = 0, upper_master = 15;

    // The MPE configuration message: `members` (0–15) channels next to `master`, which is one of the two masters. A
    // zone that grows takes channels from the other zone.
    void set(uint8_t master, uint8_t members) noexcept TIMBREL_REALTIME {
        auto& zone = master == lower_master ? lower_ : upper_;
        auto& other = master == lower_master ? upper_ : lower_;
        zone = members > 15 ? uint8_t{15} : members;
        const int free_for_other = zone == 0 ? 15 : 14 - zone;
        if (other > free_for_other) other = static_cast<uint8_t>(free_for_other > 0 ? free_for_other : 0);
    }
    bool active() const noexcept TIMBREL_REALTIME { return lower_ > 0 || upper_ > 0; }
    void clear() noexcept TIMBREL_REALTIME { lower_ = upper_ = 0; }

    static bool can_be_master(uint8_t channel) noexcept TIMBREL_REALTIME {
        return channel == lower_master || channel == upper_master;
    }

    // The master of a member channel; every other channel is its own master.
    uint8_t master_of(uint8_t channel) const noexcept TIMBREL_REALTIME {
        if (channel >= 1 && channel <= lower_) return lower_master;
        if (channel <= 14 && channel >= 15 - upper_) return upper_master;
        return channel;
    }
    bool is_member(uint8_t channel) const noexcept TIMBREL_REALTIME { return master_of(channel) != channel; }

    // Whether a message on channel `sender` applies to `channel`.
    bool affects(uint8_t sender, uint8_t channel) const noexcept TIMBREL_REALTIME {
        return sender == channel || master_of(channel) == sender;
    }

  private:
    uint8_t lower_ = 0, upper_ = 0; // numbers of member channels
};

} // namespace timbrel::engine
