#include "plugin/ui/window/window_settings.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace timbrel::ui {

namespace {

namespace fs = std::filesystem;

fs::path look_file() {
    const char* const folder = std::getenv("XDG_CONFIG_HOME");
    const char* const home = std::getenv("HOME");
    if (folder && *folder) return fs::path(folder) / "timbrel" / "window";
    if (home && *home) return fs::path(home) / ".config" / "timbrel" / "window";
    return {};
}

} // namespace

Look read_look() {
    Look look;
    std::ifstream in(look_file());
    for (std::string name, value; in >> name >> value;) {
        if (name == "theme") look.dark = value != "light";
        if (name == "zoom") look.zoom_percent = std::clamp(std::atoi(value.c_str()), 50, 400);
        if (name == "computer_keyboard") look.computer_keyboard = value == "on";
    }
    return look;
}

void write_look(const Look& look) {
    const fs::path file = look_file();
    if (file.empty()) return;
    std::error_code error;
    fs::create_directories(file.parent_path(), error);
    const fs::path beside = file.string() + ".new";
    {
        std::ofstream out(beside);
        out << "theme " << (look.dark ? "dark" : "light") << "\nzoom " << look.zoom_percent << "\ncomputer_keyboard "
            << (look.computer_keyboard ? "on" : "off") << '\n';
        if (!out.flush()) return;
    }
    fs::rename(beside, file, error);
}

} // namespace timbrel::ui
