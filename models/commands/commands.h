// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommands of timbrel-bake.
// Thread: control.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::models {

// Each function adds a subcommand with its options to the program. The callbacks throw std::exception with one line
// that says what is wrong and what to do.
void add_bake_command(CLI::App& program);
void add_blend_command(CLI::App& program);
void add_plot_command(CLI::App& program);
void add_train_command(CLI::App& program);
void add_evaluate_command(CLI::App& program);

} // namespace timbrel::models
