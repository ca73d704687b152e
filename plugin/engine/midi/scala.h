// Reads tunings from Scala's files: a scale (.scl) and, beside it or not, which keys play which of its notes (.kbm).
#pragma once

#include "plugin/engine/midi/tuning.h"

#include <stdexcept>
#include <string>

namespace timbrel::engine {

// One line that names the file, the line where there is one, and what is wrong with it.
struct TuningError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Not for the audio thread. Without a map (an empty name) the keys from middle C on play the scale's notes one by one,
// and middle C sounds as in equal temperament. Keys beyond the map's range keep their equal temperament; those that it
// leaves out are silent. Throws TuningError when a file cannot be read or breaks the format.
Tuning read_scala(const std::string& scale_file, const std::string& map_file);

} // namespace timbrel::engine
