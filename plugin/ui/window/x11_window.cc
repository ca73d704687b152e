#include "plugin/ui/window/x11_window.h"

#include <X11/XKBlib.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>
#include <cairo-xlib.h>

#include <cmath>
#include <stdexcept>

namespace timbrel::ui {

namespace {

constexpr long wanted_events = ExposureMask | StructureNotifyMask | ButtonPressMask | ButtonReleaseMask |
                               PointerMotionMask | LeaveWindowMask | KeyPressMask | KeyReleaseMask | FocusChangeMask;

bool is_fine(unsigned state) { return (state & (ShiftMask | ControlMask)) != 0; }

int pixels(double units, double zoom) { return static_cast<int>(std::lround(units * zoom)); }

} // namespace

X11Window::X11Window(Window parent, double scale, Scene& scene, Actions& actions)
    : scale_(scale), scene_(scene), hand_(scene, layout_, actions, changed_) {
    display_ = XOpenDisplay(nullptr);
    if (!display_) throw std::runtime_error("no X display");
    pen_.emplace(display_);
    const int screen = DefaultScreen(display_);
    parent_ = parent ? parent : RootWindow(display_, screen);
    width_ = wished_width();
    height_ = wished_height();
    XSetWindowAttributes attributes{};
    attributes.event_mask = wanted_events;
    attributes.bit_gravity = NorthWestGravity;
    window_ = XCreateWindow(display_, parent_, 0, 0, static_cast<unsigned>(width_), static_cast<unsigned>(height_), 0,
                            CopyFromParent, InputOutput, CopyFromParent, CWEventMask | CWBitGravity, &attributes);
    // The server's own colours for a child may differ from the screen's: ask.
    XWindowAttributes about;
    if (!XGetWindowAttributes(display_, window_, &about)) {
        XCloseDisplay(display_);
        throw std::runtime_error("the X server gives no window");
    }
    screen_.reset(cairo_xlib_surface_create(display_, window_, about.visual, width_, height_));
    XkbSetDetectableAutoRepeat(display_, True, nullptr);
    XStoreName(display_, window_, "Timbrel");
    tell_sizes();
    XMapWindow(display_, window_);
    XFlush(display_);
}

X11Window::~X11Window() {
    screen_.reset();
    // The server takes the window along, also where the parent has gone already and destroying it would be an error.
    XCloseDisplay(display_);
}

double X11Window::zoom() const { return scale_ * scene_.zoom_percent / 100.0; }
int X11Window::wished_width() const { return pixels(usual_width, zoom()); }
int X11Window::wished_height() const { return pixels(usual_height, zoom()); }

void X11Window::tell_sizes() {
    XSizeHints hints{};
    hints.flags = PMinSize | PBaseSize | PSize;
    hints.min_width = pixels(least_width, scale_);
    hints.min_height = pixels(least_height, scale_);
    hints.width = hints.base_width = wished_width();
    hints.height = hints.base_height = wished_height();
    XSetWMNormalHints(display_, window_, &hints);
}

void X11Window::resize(int width, int height) {
    if (closed_ || width < 1 || height < 1) return;
    tell_sizes();
    XResizeWindow(display_, window_, static_cast<unsigned>(width), static_cast<unsigned>(height));
    XFlush(display_);
}

void X11Window::idle() {
    take_events();
    if (closed_) return;
    lay_out_anew();
    if (!changed_.any()) return;
    draw();
    XFlush(display_);
}

void X11Window::take_events() {
    while (XPending(display_)) {
        XEvent event;
        XNextEvent(display_, &event);
        if (event.type == GenericEvent) {
            if (const auto pressure = pen_->pressure(event)) hand_.lean(*pressure);
            continue;
        }
        if (event.type == MotionNotify) {
            motion_ = event.xmotion;
            continue;
        }
        // What the pointer did before must have been done where it was then.
        const bool follow = event.type == ButtonPress || event.type == ButtonRelease || event.type == LeaveNotify;
        if (follow && motion_) hand_.move({motion_->x / zoom(), motion_->y / zoom()}, is_fine(motion_->state));
        if (follow) motion_.reset();
        take(event);
    }
    if (motion_) hand_.move({motion_->x / zoom(), motion_->y / zoom()}, is_fine(motion_->state));
    motion_.reset();
}

void X11Window::take(XEvent& event) {
    switch (event.type) {
    case Expose:
        if (picture_) {
            const XExposeEvent& e = event.xexpose;
            show({e.x / zoom(), e.y / zoom(), e.width / zoom(), e.height / zoom()});
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
        press(event.xbutton);
        break;
    case ButtonRelease:
        if (event.xbutton.button == Button1) hand_.release();
        break;
    case LeaveNotify:
        hand_.leave();
        break;
    case FocusOut:
        hand_.let_go();
        break;
    case KeyPress:
    case KeyRelease:
        key(event.xkey);
        break;
    }
}

void X11Window::press(const XButtonEvent& event) {
    constexpr unsigned wheel_up = 4, wheel_down = 5, wheel_left = 6, wheel_right = 7;
    // A click may have changed the zoom: the next one in the queue must meet what is shown.
    lay_out_anew();
    const Point at{event.x / zoom(), event.y / zoom()};
    const bool fine = is_fine(event.state);
    switch (event.button) {
    case Button1:
        XSetInputFocus(display_, window_, RevertToParent, event.time);
        return hand_.press(at, Button::left, fine);
    case Button3:
        return hand_.press(at, Button::right, fine);
    case wheel_up:
    case wheel_down:
        return hand_.wheel(at, 0, event.button == wheel_up ? 1 : -1, fine);
    case wheel_left:
    case wheel_right:
        return hand_.wheel(at, event.button == wheel_right ? 1 : -1, 0, fine);
    }
}

void X11Window::key(XKeyEvent& event) {
    const bool down = event.type == KeyPress;
    const bool shortcut = (event.state & (ControlMask | Mod1Mask | Mod4Mask)) != 0;
    if ((!shortcut || !down) && hand_.computer_key(event.keycode, down)) return;
    const bool fine = is_fine(event.state);
    switch (XLookupKeysym(&event, 0)) {
    case XK_Left:
        if (down) hand_.arrow(Arrow::left, fine);
        return;
    case XK_Right:
        if (down) hand_.arrow(Arrow::right, fine);
        return;
    case XK_Up:
        if (down) hand_.arrow(Arrow::up, fine);
        return;
    case XK_Down:
        if (down) hand_.arrow(Arrow::down, fine);
        return;
    case XK_Page_Up:
        if (down) hand_.shift_octave(1);
        return;
    case XK_Page_Down:
        if (down) hand_.shift_octave(-1);
        return;
    case XK_Escape:
        if (down && scene_.choosing) return hand_.close_list();
        break;
    }
    // Everything else is the host's, such as its transport keys.
    event.window = parent_;
    XSendEvent(display_, parent_, True, NoEventMask, reinterpret_cast<XEvent*>(&event));
}

void X11Window::lay_out_anew() {
    if (!resized_ && laid_out_zoom_ == zoom() && laid_out_scroll_ == scene_.scroll) return;
    if (resized_ || !picture_) {
        picture_.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width_, height_));
        cairo_xlib_surface_set_size(screen_.get(), width_, height_);
    }
    const bool all = resized_ || laid_out_zoom_ != zoom();
    layout_ = lay_out(std::max(least_width, width_ / zoom()), std::max(least_height, height_ / zoom()), scene_.scroll);
    resized_ = false;
    laid_out_zoom_ = zoom();
    laid_out_scroll_ = scene_.scroll;
    if (all) changed_.add_all();
}

void X11Window::draw() {
    bool whole = true;
    for (const Part part : all_parts) whole = whole && changed_.has(part);
    cairo_t* const cairo = cairo_create(picture_.get());
    cairo_scale(cairo, zoom(), zoom());
    if (whole)
        draw_window(cairo, layout_, scene_, ground_);
    else
        for (const Part part : all_parts)
            if (changed_.has(part)) draw_part(cairo, part, layout_, scene_, ground_);
    cairo_destroy(cairo);
    if (whole)
        show({0, 0, layout_.width, layout_.height});
    else
        for (const Part part : all_parts)
            if (changed_.has(part)) show(part_area(layout_, part));
    changed_.clear();
}

void X11Window::show(const Rect& area) {
    const double left = std::floor(area.x * zoom()), top = std::floor(area.y * zoom());
    cairo_t* const cairo = cairo_create(screen_.get());
    cairo_rectangle(cairo, left, top, std::ceil(area.right() * zoom()) - left, std::ceil(area.bottom() * zoom()) - top);
    cairo_clip(cairo);
    cairo_set_operator(cairo, CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cairo, picture_.get(), 0, 0);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(screen_.get());
}

} // namespace timbrel::ui
