// SPDX-License-Identifier: GPL-3.0-or-later
#include "host/player/host_window.h"

#include "common/error.h"

#include <X11/Xlib.h>
#include <X11/Xresource.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>

#include <algorithm>
#include <cstdlib>
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
} // namespace

bool HostWindow::display_available() {
    const char* const name = std::getenv("DISPLAY");
    return name && *name;
}

HostWindow::HostWindow(const std::string& title) {
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

HostWindow::~HostWindow() { XCloseDisplay(display_); }

float HostWindow::scale() const {
    const char* const dpi = XGetDefault(display_, "Xft", "dpi");
    return dpi ? std::clamp(static_cast<float>(std::atoi(dpi)) / default_dpi, 0.5f, 4.0f) : 1.0f;
}

void HostWindow::resize(int width, int height) {
    XResizeWindow(display_, window_, static_cast<unsigned>(width), static_cast<unsigned>(height));
    if (!mapped_) XMapRaised(display_, window_);
    mapped_ = true;
    XFlush(display_);
}

void HostWindow::process_events(unsigned long child) {
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

std::optional<HostWindow::Key> HostWindow::pop_key() {
    if (keys_.empty()) return {};
    const Key key = keys_.front();
    keys_.pop_front();
    return key;
}

void HostWindow::set_title(const std::string& title) {
    // As _NET_WM_NAME, because WM_NAME has no UTF-8.
    const auto atom = [this](const char* name) { return XInternAtom(display_, name, False); };
    XChangeProperty(display_, window_, atom("_NET_WM_NAME"), atom("UTF8_STRING"), 8, PropModeReplace,
                    reinterpret_cast<const unsigned char*>(title.data()), static_cast<int>(title.size()));
    XFlush(display_);
}

bool HostWindow::pop_resize(int& width, int& height) {
    width = width_;
    height = height_;
    return std::exchange(resized_, false);
}

} // namespace timbrel::host
