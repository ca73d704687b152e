// Writes where the song stands as plugins read it: a time:Position. The memory is fixed; write() is wait-free.
#pragma once

#include "host/lv2/atoms/urid_table.h"

#include <lv2/atom/atom.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace timbrel::host {

struct SongPosition {
    bool rolling = false;
    int64_t frame = 0;             // from the song's start
    double beats_per_minute = 0.0; // 0: unknown, and what follows too
    double beat = 0.0;             // from the song's start
    float beats_per_bar = 4.0f;
    bool operator==(const SongPosition&) const = default;
};

class PositionForge {
  public:
    explicit PositionForge(UridTable& urids);

    // The atom, valid until the next call.
    const LV2_Atom& write(const SongPosition& song);

  private:
    template<typename Number>
    void put(LV2_URID key, LV2_URID type, Number number);

    LV2_URID object_, long_, float_, double_;
    LV2_URID position_, speed_, frame_, beat_, bar_, bar_beat_, beats_per_bar_, beats_per_minute_;
    alignas(8) std::array<std::byte, 256> memory_{};
    uint32_t used_ = 0; // bytes
};

} // namespace timbrel::host
