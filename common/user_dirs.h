// SPDX-License-Identifier: GPL-3.0-or-later
// Folders of the user's files after the XDG Base Directory Specification. Thread: control (reads the environment).
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

namespace timbrel {

// $XDG_CONFIG_HOME, else $HOME/.config; empty when neither is set.
std::filesystem::path user_config_dir();

// Folders of data files, the first to be searched first: those in $XDG_DATA_HOME (else $HOME/.local/share), then those
// in $XDG_DATA_DIRS (else /usr/local/share and /usr/share).
std::vector<std::filesystem::path> data_dirs();

// The folders of a colon-separated list. Relative ones are left out, as the specification demands.
std::vector<std::filesystem::path> split_dirs(std::string_view list);

} // namespace timbrel
