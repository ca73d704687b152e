// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/cli/offline_exec.h"

#include "common/error.h"
#include "host/lv2/world.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <unistd.h>
#include <vector>

namespace timbrel::host {

namespace {
constexpr std::string_view commands[] = {"bake", "blend", "plot", "train", "evaluate"};
constexpr char program[] = "timbrel-bake";
} // namespace

bool is_offline_command(std::string_view command) {
    return std::find(std::begin(commands), std::end(commands), command) != std::end(commands);
}

std::string find_bake_program() {
    namespace fs = std::filesystem;
    const fs::path own_folder = program_folder();
    std::vector<fs::path> folders = {own_folder, own_folder / ".." / "models"};
    std::istringstream path(std::getenv("PATH") ? std::getenv("PATH") : "");
    for (std::string folder; std::getline(path, folder, ':');) folders.push_back(folder);
    for (const fs::path& folder : folders) {
        const fs::path file = folder / program;
        std::error_code error;
        if (fs::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0)
            return file.lexically_normal().string();
    }
    return {};
}

void exec_offline(char** arguments) {
    const std::string command = arguments[1];
    arguments[0] = const_cast<char*>(program);
    execv(find_bake_program().c_str(), arguments);
    throw Error(std::string(program) + " is not installed; the command " + command +
                " needs it. Install it, or build it with meson setup -Dmodels=enabled");
}

} // namespace timbrel::host
