// SPDX-License-Identifier: GPL-3.0-or-later
// The --recipe option of bake, train and evaluate.
// Thread: control.
#pragma once

#include <CLI/CLI.hpp>

namespace timbrel::models {

// Reading the option sets the recipe of the process, before the command's callback runs.
void add_recipe_option(CLI::App& command);

} // namespace timbrel::models
