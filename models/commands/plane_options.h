// SPDX-License-Identifier: GPL-3.0-or-later
// The options of a plane that bake and map have alike.
// Thread: control.
#pragma once

#include "models/morph/plane_sources.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace timbrel::models {

struct PlaneOptions {
    std::string pitches = "auto", velocities = "50,110", seconds = "auto", octaves = "auto", device = "auto", output;
    PlaneRecipe recipe;
};

// Adds the options of notes, grid, network and output. The recipe's values are their defaults. The options must live as
// long as the command.
void add_plane_options(CLI::App& command, PlaneOptions& options);

// Sets the recipe's pitches, velocities and length of notes. Throws CLI::ValidationError.
void set_notes(PlaneOptions& options);

// Throws CLI::ValidationError if the plane would have more cells than a bank can hold.
void check_cells(const PlaneRecipe& recipe);

// Adds to the notation of files and folders how their names count octaves.
void set_octaves(std::vector<std::string>& sources, const std::string& octaves);

} // namespace timbrel::models
