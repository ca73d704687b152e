// SPDX-License-Identifier: GPL-3.0-or-later
// Writes messages to the notify port, within the space the host gives for one block. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/lv2/shared/urids.h"

#include <lv2/atom/forge.h>

#include <span>

namespace timbrel::lv2 {

class NotifyPort {
  public:
    NotifyPort(LV2_URID_Map& map, const Urids& urids) : urids_(urids) { lv2_atom_forge_init(&forge_, &map); }

    // Begins the block's sequence in the host's buffer, whose size is in its header. Null for no buffer.
    void begin_block(LV2_Atom_Sequence* buffer) noexcept TIMBREL_REALTIME;

    // Each appends one message at the block's first frame; false, with nothing written, when it does not fit.
    // A patch:Set with a text value.
    bool write_property(LV2_URID property, LV2_URID type, const char* text) noexcept TIMBREL_REALTIME;
    // An object of that type, whose only property is a vector of numbers.
    bool write_numbers(LV2_URID type, std::span<const float> numbers) noexcept TIMBREL_REALTIME;
    // A state:StateChanged: the host should save again.
    bool write_state_changed() noexcept TIMBREL_REALTIME;

    void end_block() noexcept TIMBREL_REALTIME;

  private:
    bool begin_object(LV2_Atom_Forge_Frame& object, LV2_URID type, uint32_t property_bytes) noexcept TIMBREL_REALTIME;

    const Urids& urids_;
    LV2_Atom_Forge forge_;
    LV2_Atom_Forge_Frame sequence_;
    bool open_ = false;
};

} // namespace timbrel::lv2
