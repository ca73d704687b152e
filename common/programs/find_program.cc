// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/programs/find_program.h"

#include <cstdlib>
#include <sstream>
#include <unistd.h>

namespace timbrel {

std::string find_program(const std::string& name, std::vector<std::filesystem::path> folders) {
    std::istringstream path(std::getenv("PATH") ? std::getenv("PATH") : "");
    for (std::string folder; std::getline(path, folder, ':');) folders.emplace_back(folder);
    for (const std::filesystem::path& folder : folders) {
        const std::filesystem::path file = folder / name;
        std::error_code error;
        if (std::filesystem::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0)
            return file.lexically_normal().string();
    }
    return {};
}

} // namespace timbrel
