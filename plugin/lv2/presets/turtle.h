// SPDX-License-Identifier: GPL-3.0-or-later
// Reads and writes Turtle, the text of LV2's descriptions and presets. Thread: control; reads and writes files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace timbrel::lv2 {

struct TurtleNode {
    enum class Kind { uri, blank, literal };
    Kind kind = Kind::literal;
    std::string text;     // an absolute URI, a blank node's name, or a literal's value
    std::string datatype; // of a literal, an absolute URI; may be empty
};

struct TurtleTriple {
    TurtleNode subject;
    std::string predicate; // an absolute URI
    TurtleNode object;
};

// All statements of the file, in its order. Relative URIs are resolved against the file's own. Throws Error if the file
// cannot be read or is no Turtle.
std::vector<TurtleTriple> read_turtle(const std::filesystem::path& file);

// The file's text with another literal as the object of all statements with this subject and predicate; everything else
// stays. Throws as read_turtle() does.
std::string replace_literal(const std::filesystem::path& file, const std::string& subject, const std::string& predicate,
                            const std::string& literal);

// Bytes as base 64 and back. Text that is no base 64 gives no bytes.
std::string base64_of(std::span<const uint8_t> bytes);
std::vector<uint8_t> bytes_of_base64(const std::string& text);

// A file's URI, and the path of a file's URI; empty for other URIs.
std::string file_uri(const std::filesystem::path& file);
std::filesystem::path path_of_uri(const std::string& uri);

} // namespace timbrel::lv2
