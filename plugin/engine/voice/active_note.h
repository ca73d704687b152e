// A note that is held, as a window shows it. Plain data.
#pragma once

#include "plugin/engine/core/plane_path.h"

#include <cstdint>

namespace timbrel::engine {

struct SoundingNote {
    uint8_t key;      // MIDI note number
    PlanePoint place; // where on the plane this note is played
};

} // namespace timbrel::engine
