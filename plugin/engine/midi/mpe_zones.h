// Which channels belong together under MIDI Polyphonic Expression: a master channel, whose controllers serve the whole
// zone, and member channels that carry a note each. Real time.
#pragma once

#include <cstdint>

namespace timbrel::engine {

class MpeZones {
  public:
    static constexpr uint8_t lower_master = 0, upper_master = 15;

    // What the configuration message says: `members` channels (0–15) next to `master`, which must be one of the two.
    // A zone that grows takes channels from the other.
    void set(uint8_t master, uint8_t members) {
        const uint8_t bounded = members > 15 ? uint8_t{15} : members;
        auto& mine = master == lower_master ? lower_ : upper_;
        auto& other = master == lower_master ? upper_ : lower_;
        mine = bounded;
        const int free_for_other = mine == 0 ? 15 : 14 - mine;
        if (other > free_for_other) other = static_cast<uint8_t>(free_for_other > 0 ? free_for_other : 0);
    }
    void clear() { lower_ = upper_ = 0; }

    static bool can_be_master(uint8_t channel) { return channel == lower_master || channel == upper_master; }
    // The master of a member channel; any other channel is its own.
    uint8_t master_of(uint8_t channel) const {
        if (channel >= 1 && channel <= lower_) return lower_master;
        if (channel <= 14 && channel >= 15 - upper_) return upper_master;
        return channel;
    }
    bool member(uint8_t channel) const { return master_of(channel) != channel; }
    bool concerns(uint8_t sender, uint8_t channel) const { return sender == channel || master_of(channel) == sender; }

  private:
    uint8_t lower_ = 0, upper_ = 0; // member channels
};

} // namespace timbrel::engine
