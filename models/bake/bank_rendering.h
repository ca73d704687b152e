// SPDX-License-Identifier: GPL-3.0-or-later
// Renders the cells of a bank and writes them, on all cores.
// Thread: control.
#pragma once

#include "models/morph/plane_sources.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <string>
#include <vector>

namespace timbrel::models {

// Writes the bank `output` with these pitches (indices in the sources' recipe) and all velocities. `metadata` has all
// but the picture and the tracks of pitch, which are added. Calls on_note, which may be empty, as Progress
// (common/progress.h) does. Throws std::exception with one line, and leaves no partial file.
//
// Each thread has a few cells in memory. In 16 bits also the note that the picture shows, until it is complete: the
// metadata stand in front of the sound.
void render_bank(const PlaneSources& sources, const NoteModelPtr& model, torch::Device device,
                 const std::vector<size_t>& pitches, nlohmann::json metadata, const std::string& output,
                 const std::function<void(size_t done, size_t total)>& on_note);

} // namespace timbrel::models
