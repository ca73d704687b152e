// SPDX-License-Identifier: GPL-3.0-or-later
// Commands of `timbrel` that the separate program timbrel-bake carries out. Thread: control.
#pragma once

#include <string>
#include <string_view>

namespace timbrel::host {

// Whether timbrel-bake carries out this command.
bool is_offline_command(std::string_view command);

// Path of timbrel-bake: in this program's folder, in the same build folder, or on the PATH; empty if not found.
std::string find_bake_program();

// Replaces this process by timbrel-bake with the same arguments; `arguments[1]` is the command. Throws Error if
// timbrel-bake cannot be started.
[[noreturn]] void exec_offline(char** arguments);

} // namespace timbrel::host
