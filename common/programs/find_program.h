// SPDX-License-Identifier: GPL-3.0-or-later
// Finds an installed program. Thread: control (reads the environment).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace timbrel {

// Path of an executable file: in one of `folders`, the first one first, or on the PATH. Empty if there is none.
std::string find_program(const std::string& name, std::vector<std::filesystem::path> folders);

} // namespace timbrel
