// SPDX-License-Identifier: GPL-3.0-or-later
#include "common/user_dirs.h"

#include <cstdlib>
#include <string>

namespace timbrel {

namespace fs = std::filesystem;

namespace {

// An empty variable counts as unset.
std::string environment(const char* name, std::string otherwise = {}) {
    const char* const value = std::getenv(name);
    return value && *value ? value : std::move(otherwise);
}

} // namespace

fs::path user_config_dir() {
    if (const std::string folder = environment("XDG_CONFIG_HOME"); !folder.empty()) return folder;
    if (const std::string home = environment("HOME"); !home.empty()) return fs::path(home) / ".config";
    return {};
}

std::vector<fs::path> data_dirs() {
    std::vector<fs::path> folders = split_dirs(environment("XDG_DATA_HOME", environment("HOME") + "/.local/share"));
    for (fs::path& folder : split_dirs(environment("XDG_DATA_DIRS", "/usr/local/share:/usr/share")))
        folders.push_back(std::move(folder));
    return folders;
}

std::vector<fs::path> split_dirs(std::string_view list) {
    std::vector<fs::path> folders;
    while (!list.empty()) {
        const auto colon = list.find(':');
        if (fs::path folder = list.substr(0, colon); folder.is_absolute()) folders.push_back(std::move(folder));
        list = colon == list.npos ? std::string_view() : list.substr(colon + 1);
    }
    return folders;
}

} // namespace timbrel
