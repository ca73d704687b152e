// SPDX-License-Identifier: GPL-3.0-or-later
// Small files, read and written as a whole. Thread: control or worker.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace timbrel {

// The file's bytes; nothing if it cannot be read.
std::optional<std::string> read_whole_file(const std::string& path);

// Replaces the file at once, and syncs it. Throws Error if it cannot be written.
void write_whole_file(const std::string& path, std::string_view bytes);

} // namespace timbrel
