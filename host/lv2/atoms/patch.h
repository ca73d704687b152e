// Reads the messages that a plugin sends about its properties. Any thread; allocates.
#pragma once

#include "host/lv2/atoms/urid_table.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace timbrel::host {

struct PatchSet {
    std::string property; // its URI
    std::string text;     // the value, which is a string or a path
};

// The message in an atom that Instance::receive() gave; nothing when it is another kind of atom or value.
std::optional<PatchSet> read_patch_set(UridTable& urids, std::span<const std::byte> atom);

// The numbers of an object of that type, an atom:Vector of atom:Float under a property; empty when it is another
// message.
std::vector<float> read_numbers(UridTable& urids, std::span<const std::byte> atom, const char* type,
                                const char* property);

} // namespace timbrel::host
