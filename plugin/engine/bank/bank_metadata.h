// SPDX-License-Identifier: GPL-3.0-or-later
// Bounds of a bank's metadata, checked before anything is allocated for them: code that walks the tree may recurse.
// Threads: control, worker; pure.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace timbrel::engine {

inline constexpr uint64_t bank_max_json = uint64_t{1} << 24;      // bytes of all metadata
inline constexpr uint32_t bank_max_json_depth = 32;               // objects and arrays within each other
inline constexpr uint32_t bank_max_json_values = 1u << 20;        // keys, and values of every kind
inline constexpr uint32_t bank_max_json_text = uint32_t{1} << 16; // bytes of one string or key

// What is wrong with the text of the metadata, or an empty string: no JSON object, or beyond a bound.
std::string metadata_error(std::string_view text);

// The metadata as a JSON object. `text` has passed metadata_error().
nlohmann::json parse_metadata(std::string_view text);

} // namespace timbrel::engine
