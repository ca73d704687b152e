// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/cli/offline_exec.h"

#include "common/error.h"
#include "common/programs/find_program.h"
#include "host/lv2/world.h"

#include <algorithm>
#include <unistd.h>

namespace timbrel::host {

namespace {
constexpr std::string_view commands[] = {"bake", "bench", "map", "blend", "plot", "train", "evaluate"};
constexpr char program[] = "timbrel-bake";
} // namespace

bool is_offline_command(std::string_view command) {
    return std::find(std::begin(commands), std::end(commands), command) != std::end(commands);
}

std::string find_bake_program() {
    const std::filesystem::path own_folder = program_folder();
    return find_program(program, {own_folder, own_folder / ".." / "models"});
}

void exec_offline(char** arguments) {
    const std::string command = arguments[1];
    arguments[0] = const_cast<char*>(program);
    execv(find_bake_program().c_str(), arguments);
    throw Error(std::string(program) + " is not installed; the command " + command +
                " needs it. Install it, or build it with meson setup -Dmodels=enabled");
}

} // namespace timbrel::host
