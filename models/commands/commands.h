// SPDX-License-Identifier: GPL-3.0-or-later
// The subcommands of timbrel-bake.
// Thread: control.
#pragma once

#include "models/bake/baker.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace timbrel::models {

// What a complete command line of `bake` does; the parameters are those of bake() in baker.h.
using BakeAction = std::function<void(const PlaneRecipe& recipe, const Shard& shard, torch::Device device,
                                      const std::string& output, double fine_tune_minutes)>;

// Each function adds a subcommand with its options to the program. The callbacks throw std::exception with one line
// that says what is wrong and what to do.
void add_bake_command(CLI::App& program, const BakeAction& action);
void add_blend_command(CLI::App& program);
void add_map_command(CLI::App& program);
void add_plot_command(CLI::App& program);
void add_train_command(CLI::App& program);
void add_evaluate_command(CLI::App& program);
void add_serve_command(CLI::App& program);

} // namespace timbrel::models
