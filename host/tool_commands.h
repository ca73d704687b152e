// The commands that make other files of banks: pack, unpack and merge.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::host {

void add_tool_commands(CLI::App& app);

} // namespace timbrel::host
