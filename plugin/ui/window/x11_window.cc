// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/x11_window.h"

#include "plugin/ui/input/key_text.h"

#include <X11/XKBlib.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>
#include <cairo-xlib.h>

#include <cmath>
#include <stdexcept>

namespace timbrel::ui {

namespace {

constexpr long event_mask = ExposureMask | StructureNotifyMask | ButtonPressMask | ButtonReleaseMask |
                            PointerMotionMask | LeaveWindowMask | KeyPressMask | KeyReleaseMask | FocusChangeMask;

// Shift and Ctrl reduce movements.
bool is_fine(unsigned state) { return (state & (ShiftMask | ControlMask)) != 0; }

int pixels(double units, double zoom) { return static_cast<int>(std::lround(units * zoom)); }

} // namespace

X11Window::X11Window(Window parent, double scale, Scene& scene, UiController& controller)
    : scale_(scale), scene_(scene), input_(scene, layout_, controller, dirty_) {
    display_ = XOpenDisplay(nullptr);
    if (!display_) throw std::runtime_error("no X display");
    pen_pressure_.emplace(display_);
    const int screen = DefaultScreen(display_);
    parent_ = parent ? parent : RootWindow(display_, screen);
    width_ = preferred_width();
    height_ = preferred_height();
    XSetWindowAttributes attributes{};
    attributes.event_mask = event_mask;
    attributes.bit_gravity = NorthWestGravity;
    window_ = XCreateWindow(display_, parent_, 0, 0, static_cast<unsigned>(width_), static_cast<unsigned>(height_), 0,
                            CopyFromParent, InputOutput, CopyFromParent, CWEventMask | CWBitGravity, &attributes);
    // A child window inherits its parent's visual, which may differ from the screen's default.
    XWindowAttributes actual;
    if (!XGetWindowAttributes(display_, window_, &actual)) {
        XCloseDisplay(display_);
        throw std::runtime_error("the X server creates no window");
    }
    window_surface_.reset(cairo_xlib_surface_create(display_, window_, actual.visual, width_, height_));
    XkbSetDetectableAutoRepeat(display_, True, nullptr);
    XStoreName(display_, window_, "Timbrel");
    set_size_hints();
    file_drop_.emplace(display_, window_);
    XMapWindow(display_, window_);
    XFlush(display_);
}

X11Window::~X11Window() {
    window_surface_.reset();
    // Closing the connection destroys the window too. XDestroyWindow would be an error after the parent's end.
    XCloseDisplay(display_);
}

double X11Window::wanted_zoom() const { return scale_ * scene_.zoom_percent / 100.0; }
double X11Window::zoom() const { return fitting_zoom(wanted_zoom(), width_, height_); }
int X11Window::preferred_width() const { return pixels(default_width, wanted_zoom()); }
int X11Window::preferred_height() const { return pixels(default_height, wanted_zoom()); }

void X11Window::set_size_hints() {
    XSizeHints hints{};
    hints.flags = PMinSize | PBaseSize | PSize;
    hints.min_width = pixels(min_width, scale_);
    hints.min_height = pixels(min_height, scale_);
    hints.width = hints.base_width = preferred_width();
    hints.height = hints.base_height = preferred_height();
    XSetWMNormalHints(display_, window_, &hints);
}

void X11Window::resize(int width, int height) {
    if (closed_ || width < 1 || height < 1) return;
    set_size_hints();
    XResizeWindow(display_, window_, static_cast<unsigned>(width), static_cast<unsigned>(height));
    XFlush(display_);
}

void X11Window::idle() {
    process_events();
    if (closed_) return;
    update_layout();
    if (!dirty_.any()) return;
    draw();
    XFlush(display_);
}

void X11Window::process_events() {
    while (XPending(display_)) {
        XEvent event;
        XNextEvent(display_, &event);
        if (event.type == GenericEvent) {
            if (const auto pressure = pen_pressure_->pressure(event)) input_.aftertouch(*pressure);
            continue;
        }
        if (event.type == MotionNotify) {
            pending_motion_ = event.xmotion;
            continue;
        }
        // Keeps the order of motion and clicks.
        if (event.type == ButtonPress || event.type == ButtonRelease || event.type == LeaveNotify) follow_pointer();
        handle(event);
    }
    follow_pointer();
}

void X11Window::follow_pointer() {
    if (!pending_motion_) return;
    // A program that drags files keeps the pointer: a motion event here means that its drag is over.
    input_.leave_files();
    input_.move({pending_motion_->x / zoom(), pending_motion_->y / zoom()}, is_fine(pending_motion_->state));
    pending_motion_.reset();
}

void X11Window::handle(XEvent& event) {
    if (const auto drop = file_drop_->handle(event)) return handle_drop(*drop);
    switch (event.type) {
    case Expose:
        if (back_buffer_) {
            const XExposeEvent& e = event.xexpose;
            copy_to_window({e.x / zoom(), e.y / zoom(), e.width / zoom(), e.height / zoom()});
        }
        break;
    case ConfigureNotify:
        if (event.xconfigure.width != width_ || event.xconfigure.height != height_) {
            width_ = event.xconfigure.width;
            height_ = event.xconfigure.height;
            resized_ = true;
        }
        break;
    case DestroyNotify:
        closed_ = true;
        break;
    case ButtonPress:
        handle_button_press(event.xbutton);
        break;
    case ButtonRelease:
        if (event.xbutton.button == Button1) input_.release();
        break;
    case LeaveNotify:
        input_.leave();
        break;
    case FocusOut:
        input_.release_all_keys();
        if (scene_.name_edit) input_.lists().cancel_name();
        break;
    case KeyPress:
    case KeyRelease:
        handle_key(event.xkey);
        break;
    }
}

void X11Window::handle_drop(const FileDrop::Event& event) {
    const Point at{event.x / zoom(), event.y / zoom()};
    switch (event.kind) {
    case FileDrop::Event::Kind::over:
        return input_.drag_files(at);
    case FileDrop::Event::Kind::left:
        return input_.leave_files();
    case FileDrop::Event::Kind::dropped:
        return input_.drop_files(at, event.paths);
    }
}

void X11Window::handle_button_press(const XButtonEvent& event) {
    constexpr unsigned wheel_up = 4, wheel_down = 5, wheel_left = 6, wheel_right = 7;
    // The previous click may have changed the zoom.
    update_layout();
    const Point at{event.x / zoom(), event.y / zoom()};
    const bool fine = is_fine(event.state);
    switch (event.button) {
    case Button1:
        XSetInputFocus(display_, window_, RevertToParent, event.time);
        return input_.press(at, Button::left, fine);
    case Button3:
        return input_.press(at, Button::right, fine);
    case wheel_up:
    case wheel_down:
        return input_.wheel(at, 0, event.button == wheel_up ? 1 : -1, fine);
    case wheel_left:
    case wheel_right:
        return input_.wheel(at, event.button == wheel_right ? 1 : -1, 0, fine);
    }
}

void X11Window::handle_key(XKeyEvent& event) {
    const bool down = event.type == KeyPress;
    if (scene_.name_edit) return down ? type_name(event) : void();
    if (handle_shortcut(XLookupKeysym(&event, 0), event.state, down)) return;
    const bool shortcut = (event.state & (ControlMask | Mod1Mask | Mod4Mask)) != 0;
    if ((!shortcut || !down) && input_.computer_key(event.keycode, down)) return;
    if (handle_control_key(XLookupKeysym(&event, 0), down, is_fine(event.state))) return;
    // All other keys are for the host, for example its transport keys.
    event.window = parent_;
    XSendEvent(display_, parent_, True, NoEventMask, reinterpret_cast<XEvent*>(&event));
}

// Undo and redo, pressed or released; false for any other key.
bool X11Window::handle_shortcut(KeySym key, unsigned state, bool down) {
    if ((state & ControlMask) == 0 || (key != XK_z && key != XK_y)) return false;
    if (!down) return true;
    if (key == XK_z && (state & ShiftMask) == 0)
        input_.editor().undo();
    else
        input_.editor().redo();
    return true;
}

// All keys belong to the name while it is typed.
void X11Window::type_name(XKeyEvent& event) {
    KeySym key = NoSymbol;
    char unused[32];
    XLookupString(&event, unused, sizeof unused, &key, nullptr);
    ListHandler& lists = input_.lists();
    if (key == XK_Return || key == XK_KP_Enter) return lists.confirm_name();
    if (key == XK_Escape) return lists.cancel_name();
    if (key == XK_BackSpace) return lists.erase_letter();
    if (key == XK_Delete) return lists.erase_all();
    if ((event.state & (ControlMask | Mod1Mask)) == 0) lists.type(text_of_key(key));
}

// Returns false for a key that the window does not use.
bool X11Window::handle_control_key(KeySym key, bool down, bool fine) {
    switch (key) {
    case XK_Left:
        if (down) input_.arrow(Arrow::left, fine);
        return true;
    case XK_Right:
        if (down) input_.arrow(Arrow::right, fine);
        return true;
    case XK_Up:
        if (down) input_.arrow(Arrow::up, fine);
        return true;
    case XK_Down:
        if (down) input_.arrow(Arrow::down, fine);
        return true;
    case XK_Page_Up:
        if (down) input_.shift_octave(1);
        return true;
    case XK_Page_Down:
        if (down) input_.shift_octave(-1);
        return true;
    case XK_Menu:
        if (down) input_.open_corner_menu();
        return true;
    case XK_F10: // with Shift, as in other programs
        if (down && fine) input_.open_corner_menu();
        return fine;
    case XK_Return:
    case XK_KP_Enter:
        return down && input_.confirm();
    case XK_Escape:
        return down && input_.close();
    }
    return false;
}

void X11Window::update_layout() {
    if (!resized_ && layout_zoom_ == zoom() && layout_scroll_ == scene_.scroll && layout_.page == scene_.page) return;
    if (resized_ || !back_buffer_) {
        back_buffer_.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_, height_));
        cairo_xlib_surface_set_size(window_surface_.get(), width_, height_);
    }
    const bool all = resized_ || layout_zoom_ != zoom();
    layout_ = compute_layout(width_ / zoom(), height_ / zoom(), scene_.scroll, scene_.page);
    resized_ = false;
    layout_zoom_ = zoom();
    layout_scroll_ = scene_.scroll;
    if (all) dirty_.add_all();
}

void X11Window::draw() {
    bool whole = true;
    for (const Region region : all_regions) whole = whole && dirty_.has(region);
    cairo_t* const cairo = cairo_create(back_buffer_.get());
    cairo_scale(cairo, zoom(), zoom());
    if (whole)
        draw_window(cairo, layout_, scene_, background_);
    else
        for (const Region region : all_regions)
            if (dirty_.has(region)) draw_region(cairo, region, layout_, scene_, background_);
    cairo_destroy(cairo);
    if (whole)
        copy_to_window({0, 0, layout_.width, layout_.height});
    else
        for (const Region region : all_regions)
            if (dirty_.has(region)) copy_to_window(region_area(layout_, region));
    dirty_.clear();
}

void X11Window::copy_to_window(const Rect& area) {
    const double left = std::floor(area.x * zoom()), top = std::floor(area.y * zoom());
    cairo_t* const cairo = cairo_create(window_surface_.get());
    cairo_rectangle(cairo, left, top, std::ceil(area.right() * zoom()) - left, std::ceil(area.bottom() * zoom()) - top);
    cairo_clip(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cairo, back_buffer_.get(), 0, 0);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(window_surface_.get());
}

} // namespace timbrel::ui
