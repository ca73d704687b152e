// The window on an X server: its own connection, everything done in idle(), no thread. Double-buffered: what is drawn
// shows when it is whole.
#pragma once

#include "plugin/ui/input/input_handler.h"
#include "plugin/ui/window/pen_pressure.h"

#include <X11/Xlib.h>
#include <cairo.h>

#include <memory>
#include <optional>
#include <string>

namespace timbrel::ui {

class X11Window {
  public:
    // Opens as a child of `parent`, another client's window or 0 for the root's, `scale` pixels for a unit at zoom
    // 100 %. Throws std::runtime_error when there is no display. Scene and actions must outlive the object.
    X11Window(Window parent, double scale, Scene& scene, Actions& actions);
    ~X11Window();
    X11Window(const X11Window&) = delete;
    X11Window& operator=(const X11Window&) = delete;

    Window id() const { return window_; }
    bool closed() const { return closed_; } // by its parent's end

    // Whoever changes the scene says what of it has changed.
    Parts& changed() { return changed_; }

    // Takes in what has happened and draws what has changed. To be called 30 to 60 times a second.
    void idle();

    void resize(int width, int height); // pixels
    int wished_width() const;           // at the scene's zoom
    int wished_height() const;

  private:
    struct Free {
        void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    };
    using Surface = std::unique_ptr<cairo_surface_t, Free>;

    double zoom() const;
    void tell_sizes();
    void take_events();
    void take(XEvent& event);
    void press(const XButtonEvent& event);
    void key(XKeyEvent& event);
    void lay_out_anew();
    void draw();
    void show(const Rect& area);

    Display* display_ = nullptr;
    std::optional<Pen> pen_; // from the display's opening on
    Window parent_ = 0, window_ = 0;
    const double scale_;
    Scene& scene_;
    Layout layout_;
    Parts changed_;
    Hand hand_;
    PlaneGround ground_;
    Surface picture_, screen_; // drawn on, and the window itself
    int width_ = 0, height_ = 0;
    double laid_out_zoom_ = 0, laid_out_scroll_ = 0;
    std::optional<XMotionEvent> motion_; // the last one, not yet followed
    bool resized_ = true, closed_ = false;
};

} // namespace timbrel::ui
