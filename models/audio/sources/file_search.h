// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the files of sources. Thread: control, worker.
#pragma once

#include <string>
#include <vector>

namespace timbrel::audio {

// The regular files of a folder and its subfolders, sorted by path, without hidden ones. Throws AudioError.
std::vector<std::string> files_in(const std::string& folder);

// The path of a font: as given, else a file of that name in Debian's folders of fonts, if there is one.
std::string find_font(const std::string& path);

} // namespace timbrel::audio
