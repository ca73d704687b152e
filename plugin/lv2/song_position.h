// What hosts tell of their song in time:Position, in the instrument's terms. Audio thread, wait-free.
#pragma once

#include "plugin/engine/motion/transport.h"
#include "plugin/lv2/shared/urids.h"

#include <lv2/atom/atom.h>

namespace timbrel::lv2 {

class SongPosition {
  public:
    // `rate`: frames per second.
    SongPosition(const Urids& urids, double rate) : urids_(urids), rate_(rate) {}

    // Reads a time:Position; what it leaves out stays as it was told before. A host that counts no beats is taken to
    // have kept its tempo from the song's start.
    const engine::Transport& read(const LV2_Atom_Object* object);

  private:
    const Urids& urids_;
    const double rate_;
    engine::Transport song_;
    double beats_per_bar_ = 4.0;
};

} // namespace timbrel::lv2
