// SPDX-License-Identifier: GPL-3.0-or-later
// How much more memory this process may use.
#pragma once

#include <cstdint>

namespace timbrel::engine {

// Threads: control, worker; reads files. Bytes that are free or can be freed at once, within the limits of the machine
// and of the process's control groups; the largest number when no limit is known.
uint64_t available_memory();

} // namespace timbrel::engine
