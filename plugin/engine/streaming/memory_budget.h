// How much more this process may keep in memory.
#pragma once

#include <cstdint>

namespace timbrel::engine {

// Bytes that are free or can be freed at once, within what the machine and the process's control groups allow. Reads
// files; off the audio thread.
uint64_t memory_room();

} // namespace timbrel::engine
