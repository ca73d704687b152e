// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/recipe/installed_file.h"

#include <filesystem>

namespace timbrel::models {
namespace fs = std::filesystem;

std::string find_installed_file(const std::string& name) {
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (const fs::path& folder : {program, program / "../share/timbrel/weights", fs::path(TIMBREL_WEIGHTS)})
        if (const auto path = folder / name; fs::exists(path)) return path.string();
    return {};
}

} // namespace timbrel::models
