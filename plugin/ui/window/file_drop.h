// SPDX-License-Identifier: GPL-3.0-or-later
// Receives files that are dragged from other programs (XDND version 5). Thread: control (the window's).
// Source: https://www.freedesktop.org/wiki/Specifications/XDND/
#pragma once

#include <X11/Xlib.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

class FileDrop {
  public:
    // Announces that `window` takes files. Host programs look at their top-level window only, so the windows around
    // `window` refer to it, unless they take drops themselves.
    FileDrop(Display* display, Window window);

    struct Event {
        enum class Kind { over, left, dropped } kind;
        int x = 0, y = 0;               // pixels in the window, for over and dropped
        std::vector<std::string> paths; // for dropped; may be empty
    };
    // What an X event means for the drag; answers the source. Nothing for other events.
    std::optional<Event> handle(const XEvent& event);

  private:
    enum Name {
        aware,
        proxy,
        enter,
        position,
        leave,
        drop,
        status,
        finished,
        selection,
        type_list,
        action_copy,
        uri_list,
        wm_state,
        name_count
    };

    void announce();
    bool has_property(Window window, Name property) const;
    std::optional<Event> handle_message(const XClientMessageEvent& message);
    void take_types(const XClientMessageEvent& message);
    Event move(const XClientMessageEvent& message);
    Event receive(const XSelectionEvent& event);
    void reply(Name type, long flags, long action);

    Display* display_;
    Window window_;
    std::array<Atom, name_count> atoms_{};
    Window source_ = 0;    // of the present drag; 0 for none
    bool files_ = false;   // the source offers files
    int x_ = 0, y_ = 0;    // last position
    bool waiting_ = false; // for the dropped data
};

} // namespace timbrel::ui
