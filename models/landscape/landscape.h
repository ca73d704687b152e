// SPDX-License-Identifier: GPL-3.0-or-later
// A landscape: the sounds of a folder or the presets of a SoundFont on a map, where neighbours sound alike.
#pragma once

#include "models/landscape/placement.h"
#include "models/network/note_model.h"

#include <optional>
#include <string>
#include <vector>

namespace timbrel::models {

struct Landscape {
    std::vector<std::string> sounds; // that can be used: their notations (audio::open_source)
    std::vector<std::string> names;  // short, for each sound
    DistanceTable distances{0};      // of the sounds' embeddings
    MapSize size;
    Placement placement;               // of sounds; those that it lacks have no place
    std::vector<std::string> left_out; // why a sound cannot be used; one line each, which names it
};

// The notations of all sounds: of a folder and its subfolders each file, of an SF2 or SF3 font each preset except drum
// kits. Thread: control. Throws std::exception with one line.
std::vector<std::string> list_sounds(const std::string& folder_or_font);

// Opens the sounds, compares them by note_embedding() and places them. Uses all cores and shows progress on a terminal.
// `size`: of the map; without, the largest of at most 6 columns and 4 rows that the sounds fill. If there are more
// sounds than places, spread_over() chooses. Thread: control. Throws Error with one line if there are too few.
Landscape make_landscape(const std::vector<std::string>& sounds, std::optional<MapSize> size, const NoteModelPtr& model,
                         torch::Device device);

// A table of which sound stands where with its distances to its neighbours, of the sounds without a place, and of the
// mean distance next to that of random placements. Threads: any that may allocate; pure.
std::string describe(const Landscape& landscape);

} // namespace timbrel::models
