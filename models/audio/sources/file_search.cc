// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/sources/file_search.h"

#include "models/audio/io/audio.h"

#include <algorithm>
#include <filesystem>

namespace timbrel::audio {

namespace fs = std::filesystem;

std::vector<std::string> files_in(const std::string& folder) {
    std::error_code error;
    std::vector<std::string> paths;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        std::error_code ignored; // of a link that leads nowhere
        const bool hidden = at->path().filename().string().starts_with('.');
        if (hidden && at->is_directory(ignored)) at.disable_recursion_pending();
        if (!hidden && at->is_regular_file(ignored)) paths.push_back(at->path().string());
    }
    if (error) throw AudioError(folder + ": the folder cannot be read: " + error.message());
    std::ranges::sort(paths);
    return paths;
}

std::string find_font(const std::string& path) {
    std::error_code error;
    if (fs::exists(path, error) || path.find('/') != std::string::npos) return path;
    for (const char* folder : {"/usr/share/sounds/sf2", "/usr/share/sounds/sf3", "/usr/share/soundfonts"})
        if (const fs::path there = fs::path(folder) / path; fs::exists(there, error)) return there.string();
    return path;
}

} // namespace timbrel::audio
