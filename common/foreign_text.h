// SPDX-License-Identifier: GPL-3.0-or-later
// Prints text that comes from elsewhere: names in banks, files, presets and plugins, messages of other programs.
// Thread: any; allocates.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace timbrel {

inline constexpr size_t max_printed_name = 200;  // characters
inline constexpr size_t max_printed_line = 4096; // characters: a message with paths in it, a note on a licence

// The text as one line of valid UTF-8 that a terminal or a text file takes literally: control characters (ASCII, C1),
// line and paragraph separators, marks that reverse the direction of writing, and bytes that are not UTF-8 appear as
// \n, \t, \xNN or \u{NNNN}. A text of more than `most` characters is cut there and ends with "…".
std::string printable(std::string_view text, size_t most = max_printed_name);

// The text as part of a file name: what printable() escapes, becomes _.
std::string without_controls(std::string_view text);

} // namespace timbrel
