#include "host/handover.h"

#include "host/error.h"
#include "host/lv2/world.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace timbrel::host {

namespace {
constexpr std::string_view commands[] = {"bake", "blend", "plot", "train", "evaluate", "merge", "export"};
constexpr char program[] = "timbrel-bake";
} // namespace

bool is_offline_command(std::string_view command) {
    return std::find(std::begin(commands), std::end(commands), command) != std::end(commands);
}

void hand_over(char** arguments) {
    const std::filesystem::path here = program_folder();
    arguments[0] = const_cast<char*>(program);
    execv((here / program).c_str(), arguments);
    execv((here / ".." / "models" / program).c_str(), arguments);
    execvp(program, arguments);
    throw Error(std::string(program) +
                (errno == ENOENT ? " is not installed here; it does the command "
                                 : " cannot be started; it does the command ") +
                arguments[1] + ", so build it with meson setup -Dmodels=enabled or install it");
}

} // namespace timbrel::host
