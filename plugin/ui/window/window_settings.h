// SPDX-License-Identifier: GPL-3.0-or-later
// The user's settings for the window, in one file for all instances. Thread: control; reads and writes that file.
#pragma once

namespace timbrel::ui {

struct WindowSettings {
    bool dark = true;
    int zoom_percent = 100; // 50–400
    bool computer_keyboard = false;
};

// Reads $XDG_CONFIG_HOME/timbrel/window. Missing or malformed settings keep their defaults.
WindowSettings read_window_settings();

// Does nothing if the file cannot be written.
void write_window_settings(const WindowSettings& settings);

} // namespace timbrel::ui
