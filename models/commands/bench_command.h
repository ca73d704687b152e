// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommand `bench` of timbrel-bake.
// Thread: control.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::models {

// `bench bake`: bakes as `bake` does, and prints the time of each stage next to the limits of the machine. As
// add_bake_command in commands.h.
void add_bench_command(CLI::App& program);

} // namespace timbrel::models
