// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/host_window.h"

#include "common/error.h"

#include <X11/Xlib.h>
#include <X11/Xresource.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <utility>

namespace timbrel::host {

namespace {
constexpr float default_dpi = 96;

std::optional<HostWindow::Key> key_command(XKeyEvent& event) {
    const KeySym symbol = XLookupKeysym(&event, 0);
    const bool control = event.state & ControlMask;
    if (control && symbol == XK_l) return HostWindow::Key::learn;
    if (control && symbol == XK_s) return HostWindow::Key::save;
    if (symbol == XK_Delete) return HostWindow::Key::forget;
    if (symbol == XK_Escape) return HostWindow::Key::cancel;
    return {};
}

class X11HostWindow : public HostWindow {
  public:
    explicit X11HostWindow(const std::string& title);
    ~X11HostWindow() override;
    X11HostWindow(const X11HostWindow&) = delete;
    X11HostWindow& operator=(const X11HostWindow&) = delete;

    unsigned long id() const override { return window_; }
    float scale() const override;
    void resize(int width, int height) override;
    void process_events(unsigned long child) override;
    bool closed() const override { return closed_; }
    std::optional<Key> pop_key() override;
    void set_title(const std::string& title) override;
    bool pop_resize(int& width, int& height) override;

  private:
    Display* display_ = nullptr;
    unsigned long window_ = 0, delete_window_ = 0;
    std::deque<Key> keys_;
    int width_ = 0, height_ = 0;
    bool resized_ = false, mapped_ = false, closed_ = false;
};

X11HostWindow::X11HostWindow(const std::string& title) {
    display_ = XOpenDisplay(nullptr);
    // Ignores errors about windows that no longer exist; Xlib's own handler ends the program.
    XSetErrorHandler([](Display*, XErrorEvent*) { return 0; });
    if (!display_) throw Error("the X server at DISPLAY does not answer; --no-window plays without");
    window_ = XCreateSimpleWindow(display_, DefaultRootWindow(display_), 0, 0, 1, 1, 0, 0, 0);
    XSelectInput(display_, window_, StructureNotifyMask | FocusChangeMask | KeyPressMask);
    delete_window_ = XInternAtom(display_, "WM_DELETE_WINDOW", False);
    XSetWMProtocols(display_, window_, &delete_window_, 1);
    XStoreName(display_, window_, title.c_str());
    char name[] = "timbrel", kind[] = "Timbrel";
    XClassHint hint{name, kind};
    XSetClassHint(display_, window_, &hint);
    XFlush(display_);
}

X11HostWindow::~X11HostWindow() { XCloseDisplay(display_); }

float X11HostWindow::scale() const {
    const char* const dpi = XGetDefault(display_, "Xft", "dpi");
    return dpi ? std::clamp(static_cast<float>(std::atoi(dpi)) / default_dpi, 0.5f, 4.0f) : 1.0f;
}

void X11HostWindow::resize(int width, int height) {
    XResizeWindow(display_, window_, static_cast<unsigned>(width), static_cast<unsigned>(height));
    if (!mapped_) XMapRaised(display_, window_);
    mapped_ = true;
    XFlush(display_);
}

void X11HostWindow::process_events(unsigned long child) {
    while (XPending(display_)) {
        XEvent event;
        XNextEvent(display_, &event);
        if (event.type == ClientMessage && static_cast<Atom>(event.xclient.data.l[0]) == delete_window_) closed_ = true;
        if (event.type == KeyPress)
            if (const auto key = key_command(event.xkey)) keys_.push_back(*key);
        if (event.type == FocusIn && event.xfocus.detail != NotifyInferior && event.xfocus.detail != NotifyPointer)
            XSetInputFocus(display_, child, RevertToParent, CurrentTime);
        if (event.type == ConfigureNotify && (event.xconfigure.width != width_ || event.xconfigure.height != height_)) {
            width_ = event.xconfigure.width;
            height_ = event.xconfigure.height;
            resized_ = true;
        }
    }
    XFlush(display_);
}

std::optional<HostWindow::Key> X11HostWindow::pop_key() {
    if (keys_.empty()) return {};
    const Key key = keys_.front();
    keys_.pop_front();
    return key;
}

void X11HostWindow::set_title(const std::string& title) {
    // As _NET_WM_NAME, because WM_NAME has no UTF-8.
    const auto atom = [this](const char* name) { return XInternAtom(display_, name, False); };
    XChangeProperty(display_, window_, atom("_NET_WM_NAME"), atom("UTF8_STRING"), 8, PropModeReplace,
                    reinterpret_cast<const unsigned char*>(title.data()), static_cast<int>(title.size()));
    XFlush(display_);
}

bool X11HostWindow::pop_resize(int& width, int& height) {
    width = width_;
    height = height_;
    return std::exchange(resized_, false);
}

} // namespace

std::unique_ptr<HostWindow> make_host_window(const std::string& title) {
    const char* const display = std::getenv("DISPLAY");
    return display && *display ? std::make_unique<X11HostWindow>(title) : nullptr;
}

} // namespace timbrel::host
