// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/lv2/atoms/position_forge.h"

#include <lv2/atom/util.h>
#include <lv2/time/time.h>

#include <cmath>
#include <cstring>

namespace timbrel::host {

PositionForge::PositionForge(UridTable& urids)
    : object_(urids.map(LV2_ATOM__Object)), long_(urids.map(LV2_ATOM__Long)), float_(urids.map(LV2_ATOM__Float)),
      double_(urids.map(LV2_ATOM__Double)), position_(urids.map(LV2_TIME__Position)),
      speed_(urids.map(LV2_TIME__speed)), frame_(urids.map(LV2_TIME__frame)), beat_(urids.map(LV2_TIME__beat)),
      bar_(urids.map(LV2_TIME__bar)), bar_beat_(urids.map(LV2_TIME__barBeat)),
      beats_per_bar_(urids.map(LV2_TIME__beatsPerBar)), beats_per_minute_(urids.map(LV2_TIME__beatsPerMinute)) {}

template<typename Number>
void PositionForge::put_property(LV2_URID key, LV2_URID type, Number number) noexcept TIMBREL_REALTIME {
    const LV2_Atom_Property_Body property{key, 0, {sizeof number, type}};
    std::memcpy(memory_.data() + used_, &property, sizeof property);
    std::memcpy(memory_.data() + used_ + sizeof property, &number, sizeof number);
    used_ += lv2_atom_pad_size(sizeof property + sizeof number);
}

const LV2_Atom& PositionForge::write(const TransportPosition& song) noexcept TIMBREL_REALTIME {
    used_ = sizeof(LV2_Atom_Object);
    put_property(frame_, long_, song.frame);
    put_property(speed_, float_, song.rolling ? 1.0f : 0.0f);
    if (song.beats_per_minute > 0.0) {
        const double bar = std::floor(song.beat / song.beats_per_bar);
        put_property(beat_, double_, song.beat);
        put_property(bar_, long_, static_cast<int64_t>(bar));
        put_property(bar_beat_, float_, static_cast<float>(song.beat - bar * song.beats_per_bar));
        put_property(beats_per_bar_, float_, song.beats_per_bar);
        put_property(beats_per_minute_, float_, static_cast<float>(song.beats_per_minute));
    }
    const LV2_Atom_Object object{{used_ - static_cast<uint32_t>(sizeof(LV2_Atom)), object_}, {0, position_}};
    std::memcpy(memory_.data(), &object, sizeof object);
    return *reinterpret_cast<const LV2_Atom*>(memory_.data());
}

} // namespace timbrel::host
