// Names for contents, for provenance.
#pragma once

#include <string>

namespace timbrel {

// XXH3-64 of a file's bytes as 16 hexadecimal digits. Throws AudioError if the file cannot be read.
std::string hash_of_file(const std::string& path);

// The same of a text.
std::string hash_of_text(const std::string& text);

} // namespace timbrel
