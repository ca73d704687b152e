// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/window_settings.h"

#include "common/atomic_file.h"
#include "common/error.h"
#include "common/user_dirs.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

namespace timbrel::ui {

namespace {

namespace fs = std::filesystem;

fs::path settings_file() {
    const fs::path folder = user_config_dir();
    return folder.empty() ? folder : folder / "timbrel" / "window";
}

} // namespace

WindowSettings read_window_settings() {
    WindowSettings settings;
    std::ifstream in(settings_file());
    for (std::string name, value; in >> name >> value;) {
        if (name == "theme") settings.dark = value != "light";
        if (name == "zoom") settings.zoom_percent = std::clamp(std::atoi(value.c_str()), 50, 400);
        if (name == "computer_keyboard") settings.computer_keyboard = value == "on";
    }
    return settings;
}

void write_window_settings(const WindowSettings& settings) {
    const fs::path file = settings_file();
    if (file.empty()) return;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    const std::string text = std::string("theme ") + (settings.dark ? "dark" : "light") + "\nzoom " +
                             std::to_string(settings.zoom_percent) + "\ncomputer_keyboard " +
                             (settings.computer_keyboard ? "on" : "off") + '\n';
    try {
        AtomicFile out(file);
        out.write(std::as_bytes(std::span(text)));
        out.finish_unsynced();
    } catch (const Error&) {
        // The window works without a settings file.
    }
}

} // namespace timbrel::ui
