// SPDX-License-Identifier: GPL-3.0-or-later
// Finds files that are installed with the weights.
// Threads: control, worker.
#pragma once

#include <string>

namespace timbrel::models {

// The path of `name` next to the program, in ../share/timbrel/weights from there, or in the installed folder of
// weights, in this order; empty if there is none.
std::string find_installed_file(const std::string& name);

} // namespace timbrel::models
