// SPDX-License-Identifier: GPL-3.0-or-later
// The player's top-level X11 window, which contains the plugin's window. Thread: control, always the same one.
#pragma once

#include <deque>
#include <optional>
#include <string>

// Forward-declared, because Xlib's macros, such as Bool and Status, break other headers.
struct _XDisplay;

namespace timbrel::host {

class HostWindow {
  public:
    // Whether DISPLAY names an X server.
    static bool display_available();

    // Creates the window, not yet shown. Throws Error if the X server does not answer.
    explicit HostWindow(const std::string& title);
    ~HostWindow();
    HostWindow(const HostWindow&) = delete;
    HostWindow& operator=(const HostWindow&) = delete;

    // The X window.
    unsigned long id() const { return window_; }
    // The screen's scale, from Xft.dpi; 1 at 96 dpi.
    float scale() const;

    // Resizes the window, in pixels; the first call shows it.
    void resize(int width, int height);

    // Processes pending X events. The keyboard focus passes on to `child`, the contained window.
    void process_events(unsigned long child);
    // Whether the user has closed the window.
    bool closed() const { return closed_; }

    // Key commands for the player: Ctrl+L, Ctrl+S, Delete, Escape.
    enum class Key { learn, save, forget, cancel };
    // Removes and returns the oldest key command.
    std::optional<Key> pop_key();

    void set_title(const std::string& title);

    // True once after each change of size; gives the size in pixels.
    bool pop_resize(int& width, int& height);

  private:
    _XDisplay* display_ = nullptr;
    unsigned long window_ = 0, delete_window_ = 0;
    std::deque<Key> keys_;
    int width_ = 0, height_ = 0;
    bool resized_ = false, mapped_ = false, closed_ = false;
};

} // namespace timbrel::host
