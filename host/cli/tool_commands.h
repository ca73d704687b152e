// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommands that convert banks: pack, unpack, merge and export. Thread: control.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::host {

// Adds the subcommands; CLI11 runs the one that is given while it parses.
void add_tool_commands(CLI::App& app);

} // namespace timbrel::host
