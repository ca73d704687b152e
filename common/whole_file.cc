// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/whole_file.h"

#include "common/atomic_file.h"

#include <fstream>
#include <span>
#include <sstream>

namespace timbrel {

std::optional<std::string> read_whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    if (!in) return {};
    // Fails for a folder, and sets badbit for a file that cannot be read on.
    if (in.peek() != std::ifstream::traits_type::eof()) bytes << in.rdbuf();
    return in.bad() || bytes.bad() ? std::nullopt : std::optional(bytes.str());
}

void write_whole_file(const std::string& path, std::string_view bytes) {
    AtomicFile out(path);
    out.write(std::as_bytes(std::span(bytes)));
    out.finish();
}

} // namespace timbrel
