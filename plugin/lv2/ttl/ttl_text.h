// SPDX-License-Identifier: GPL-3.0-or-later
// Turtle text, for the build-time program that writes the bundle's description. Thread: control.
#pragma once

#include <string>

namespace timbrel::lv2 {

struct PresetTexts {
    std::string list; // for the manifest
    std::string full; // for presets.ttl
};

// Reads a file with lines `Name: symbol=value …`; `#` starts a comment line. Throws std::runtime_error with the line or
// word for an unknown parameter or a value out of range.
PresetTexts read_presets(const std::string& file);

} // namespace timbrel::lv2
