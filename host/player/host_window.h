// SPDX-License-Identifier: GPL-3.0-or-later
// The player's top-level X11 window, which contains the plugin's window. Thread: control, always the same one.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace timbrel::host {

class HostWindow {
  public:
    virtual ~HostWindow() = default;

    // The X window.
    virtual unsigned long id() const = 0;
    // The screen's scale, from Xft.dpi; 1 at 96 dpi.
    virtual float scale() const = 0;

    // Resizes the window, in pixels; the first call shows it.
    virtual void resize(int width, int height) = 0;

    // Processes pending X events. The keyboard focus passes on to `child`, the contained window.
    virtual void process_events(unsigned long child) = 0;
    // Whether the user has closed the window.
    virtual bool closed() const = 0;

    // Key commands for the player: Ctrl+L, Ctrl+S, Delete, Escape.
    enum class Key { learn, save, forget, cancel };
    // Removes and returns the oldest key command.
    virtual std::optional<Key> pop_key() = 0;

    virtual void set_title(const std::string& title) = 0;

    // True once after each change of size; gives the size in pixels.
    virtual bool pop_resize(int& width, int& height) = 0;
};

// Creates a window, not yet shown. Null without an X server in DISPLAY, and in a program that is built without windows.
// Throws Error if the X server does not answer.
std::unique_ptr<HostWindow> make_host_window(const std::string& title);

} // namespace timbrel::host
