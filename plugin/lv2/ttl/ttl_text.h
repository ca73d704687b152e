// Pieces of Turtle, for the build-time program that writes the bundle's description.
#pragma once

#include <string>
#include <string_view>

namespace timbrel::lv2 {

// A decimal number, never by the locale's rules.
std::string ttl_number(float value);

// A string literal.
std::string ttl_quoted(std::string_view text);

struct PresetTexts {
    std::string list; // for the manifest
    std::string full;
};

// The presets of a file with lines `Name: symbol=value …`. Throws std::runtime_error, naming the line, for a parameter
// that there is not and for a value beyond its range.
PresetTexts read_presets(const std::string& file);

} // namespace timbrel::lv2
