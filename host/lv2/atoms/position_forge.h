// SPDX-License-Identifier: GPL-3.0-or-later
// Writes the host's transport as a time:Position atom, in fixed memory.
#pragma once

#include "common/realtime.h"
#include "host/lv2/atoms/urid_table.h"

#include <lv2/atom/atom.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace timbrel::host {

struct TransportPosition {
    bool rolling = false;
    int64_t frame = 0;             // from the song's start
    double beats_per_minute = 0.0; // 0: unknown, as are the members below
    double beat = 0.0;             // from the song's start
    float beats_per_bar = 4.0f;
    bool operator==(const TransportPosition&) const = default;
};

class PositionForge {
  public:
    // Control.
    explicit PositionForge(UridTable& urids);

    // Audio. The atom is valid until the next call.
    const LV2_Atom& write(const TransportPosition& song) noexcept TIMBREL_REALTIME;

  private:
    template<typename Number>
    void put_property(LV2_URID key, LV2_URID type, Number number) noexcept TIMBREL_REALTIME;

    LV2_URID object_, long_, float_, double_;
    LV2_URID position_, speed_, frame_, beat_, bar_, bar_beat_, beats_per_bar_, beats_per_minute_;
    alignas(8) std::array<std::byte, 256> memory_{};
    uint32_t used_ = 0; // bytes
};

} // namespace timbrel::host
