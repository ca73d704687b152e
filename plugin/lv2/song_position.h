// SPDX-License-Identifier: GPL-3.0-or-later
// Converts the host's time:Position to the engine's Transport. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/core/transport.h"
#include "plugin/lv2/shared/urids.h"

#include <lv2/atom/atom.h>

namespace timbrel::lv2 {

class SongPosition {
  public:
    // `rate`: frames per second.
    SongPosition(const Urids& urids, double rate) : urids_(urids), rate_(rate) {}

    // Reads a time:Position. Properties that it does not contain keep their last value. For a host that sends no beats,
    // the beat is computed as if the tempo had been constant since the song's start.
    const engine::Transport& read(const LV2_Atom_Object* object) noexcept TIMBREL_REALTIME;

  private:
    const Urids& urids_;
    const double rate_;
    engine::Transport song_;
    double beats_per_bar_ = 4.0;
};

} // namespace timbrel::lv2
