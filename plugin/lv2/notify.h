// Writes messages onto the notify port of one block, within the room the host gives. Audio thread, wait-free.
#pragma once

#include "plugin/lv2/shared/urids.h"

#include <lv2/atom/forge.h>

#include <span>

namespace timbrel::lv2 {

class Notify {
  public:
    Notify(LV2_URID_Map& map, const Urids& urids) : urids_(urids) { lv2_atom_forge_init(&forge_, &map); }

    // Begins the block's sequence in the host's buffer, whose size the host left in it. Null for no buffer.
    void begin(LV2_Atom_Sequence* port);

    // Appends a patch:Set at the block's first frame; false, with nothing written, when there is no room for it.
    bool set(LV2_URID property, LV2_URID type, const char* text);

    // The same with an object of that type, whose only property is a vector of numbers.
    bool tell(LV2_URID type, std::span<const float> numbers);

    // The same with a state:StateChanged: the host should save again.
    bool tell_changed();

    void end();

  private:
    bool begin(LV2_Atom_Forge_Frame& object, LV2_URID type, uint32_t property_bytes);

    const Urids& urids_;
    LV2_Atom_Forge forge_;
    LV2_Atom_Forge_Frame sequence_;
    bool open_ = false;
};

} // namespace timbrel::lv2
