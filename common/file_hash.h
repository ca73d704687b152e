// SPDX-License-Identifier: GPL-3.0-or-later
// Content hashes that record where a bank's sounds come from. Threads: control and worker.
#pragma once

#include <string>

namespace timbrel {

// XXH3-64 of a file's bytes as 16 hexadecimal digits. Throws Error if the file cannot be read.
std::string hash_of_file(const std::string& path);

// XXH3-64 of a text as 16 hexadecimal digits.
std::string hash_of_text(const std::string& text);

} // namespace timbrel
