// The commands that make other files of banks: pack, unpack, merge and export.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::host {

void add_tool_commands(CLI::App& app);

} // namespace timbrel::host
