// SPDX-License-Identifier: GPL-3.0-or-later
// An X11 window that shows a scene and passes its input to an InputHandler. It has its own connection to the X server
// and no thread: all work happens in idle(). Drawing is double-buffered. Thread: control (the window's).
#pragma once

#include "plugin/ui/input/input_handler.h"
#include "plugin/ui/window/file_drop.h"
#include "plugin/ui/window/pen_pressure.h"

#include <X11/Xlib.h>
#include <cairo.h>

#include <memory>
#include <optional>
#include <string>

namespace timbrel::ui {

class X11Window {
  public:
    // Opens the window as a child of `parent`, another client's window, or of the root window if that is 0. `scale`:
    // pixels per unit at zoom 100 %. Throws std::runtime_error if there is no display. `scene` and `controller` must
    // outlive the object.
    X11Window(Window parent, double scale, Scene& scene, UiController& controller);
    ~X11Window();
    X11Window(const X11Window&) = delete;
    X11Window& operator=(const X11Window&) = delete;

    Window id() const { return window_; }
    bool closed() const { return closed_; } // destroyed together with its parent

    // Regions to redraw; whoever changes the scene adds them.
    RegionSet& dirty() { return dirty_; }

    // Handles the pending events and redraws the dirty regions. To be called 30 to 60 times a second.
    void idle();

    void resize(int width, int height); // pixels
    int preferred_width() const;        // pixels, at the scene's zoom
    int preferred_height() const;

  private:
    struct SurfaceDeleter {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    };
    using Surface = std::unique_ptr<cairo_surface_t, SurfaceDeleter>;

    double wanted_zoom() const; // pixels per unit
    double zoom() const;        // the same where the window is large enough
    void set_size_hints();
    void process_events();
    void handle(XEvent& event);
    void handle_drop(const FileDrop::Event& event);
    void handle_button_press(const XButtonEvent& event);
    void handle_key(XKeyEvent& event);
    bool handle_shortcut(KeySym key, unsigned state, bool down);
    void type_name(XKeyEvent& event);
    bool handle_control_key(KeySym key, bool down, bool fine);
    void follow_pointer();
    void update_layout();
    void draw();
    void copy_to_window(const Rect& area);

    Display* display_ = nullptr;
    std::optional<PenPressure> pen_pressure_; // set once the display is open
    std::optional<FileDrop> file_drop_;       // set once the window exists
    Window parent_ = 0, window_ = 0;
    const double scale_;
    Scene& scene_;
    Layout layout_;
    RegionSet dirty_;
    InputHandler input_;
    PlaneBackground background_;
    Surface back_buffer_, window_surface_;
    int width_ = 0, height_ = 0;                 // pixels
    double layout_zoom_ = 0, layout_scroll_ = 0; // of layout_
    std::optional<XMotionEvent> pending_motion_; // only the latest motion is handled
    bool resized_ = true, closed_ = false;
};

} // namespace timbrel::ui
