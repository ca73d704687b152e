// SPDX-License-Identifier: GPL-3.0-or-later
// A note held by key or pedal, for display. Threads: any; plain data.
#pragma once

#include "plugin/engine/core/plane_path.h"

#include <cstdint>

namespace timbrel::engine {

struct ActiveNote {
    uint8_t key;         // MIDI note number
    PlanePoint position; // position of this note, within the plane
};

} // namespace timbrel::engine
