// SPDX-License-Identifier: GPL-3.0-or-later
// Reads tunings from files of the Scala program (huygens-fokker.org/scala): scales (.scl) and keyboard mappings (.kbm).
#pragma once

#include "plugin/engine/midi/tuning.h"

#include <stdexcept>
#include <string>

namespace timbrel::engine {

// A message of one line: the file, the line number if known, and what is wrong.
struct TuningError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Thread: control. Without a mapping (an empty name) the keys from middle C on play the notes of the scale in order,
// and middle C has its pitch in equal temperament. Keys outside the mapping's range keep equal temperament; keys that
// it marks with x are silent. Throws TuningError when a file cannot be read or is malformed.
Tuning read_scala(const std::string& scale_file, const std::string& map_file);

} // namespace timbrel::engine
