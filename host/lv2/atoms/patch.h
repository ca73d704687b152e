// SPDX-License-Identifier: GPL-3.0-or-later
// Reads property messages from a plugin, and makes one. Threads: any but audio; allocates.
#pragma once

#include "host/lv2/atoms/urid_table.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

// A patch:Set whose value is a string or a path.
struct PatchSet {
    std::string property; // URI
    std::string text;
};

// Reads an atom from Instance::receive(); nothing if it is another kind of atom or value.
std::optional<PatchSet> read_patch_set(UridTable& urids, std::span<const std::byte> atom);

// A patch:Set atom, header included, with a value of this type: atom:String or atom:Path.
std::vector<std::byte> make_patch_set(UridTable& urids, const char* property, const char* type,
                                      const std::string& text);

// Reads a property of an object of this type whose value is an atom:Vector of atom:Float; empty if the atom is anything
// else.
std::vector<float> read_float_vector(UridTable& urids, std::span<const std::byte> atom, const char* type,
                                     const char* property);

} // namespace timbrel::host
