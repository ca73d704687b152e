// SPDX-License-Identifier: GPL-3.0-or-later
// A program from which files are dragged onto windows (XDND version 5). Thread: the test's.
#pragma once

#include <X11/Xatom.h>
#include <X11/Xlib.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

namespace timbrel::test {

class DragSource {
  public:
    explicit DragSource(Display* display) : display_(display) {
        window_ = XCreateSimpleWindow(display, DefaultRootWindow(display), 0, 0, 1, 1, 0, 0, 0);
        XSync(display, False);
    }
    ~DragSource() { XDestroyWindow(display_, window_); }
    DragSource(const DragSource&) = delete;
    DragSource& operator=(const DragSource&) = delete;

    // Drags over a point of the screen. Returns whether the window there accepts files.
    bool drag_to(int x, int y, const std::string& type = "text/uri-list") {
        find_target(x, y);
        if (!target_) return false;
        send("XdndEnter", {5L << 24, static_cast<long>(atom(type)), 0, 0});
        send("XdndPosition",
             {0, static_cast<long>(x) << 16 | y, CurrentTime, static_cast<long>(atom("XdndActionCopy"))});
        XEvent event;
        return wait_for("XdndStatus", event) && event.xclient.data.l[1] & 1;
    }
    void leave() { send("XdndLeave", {0, 0, 0, 0}); }
    // Drops a text/uri-list there. Returns whether the window has taken it.
    bool drop(const std::string& list) {
        list_ = list;
        XSetSelectionOwner(display_, atom("XdndSelection"), window_, CurrentTime);
        send("XdndDrop", {0, CurrentTime, 0, 0});
        XEvent event;
        return wait_for("XdndFinished", event) && event.xclient.data.l[1] & 1;
    }

  private:
    Atom atom(const std::string& name) const { return XInternAtom(display_, name.c_str(), False); }

    Window window_property(Window window, const char* name) const {
        Atom type = 0;
        int format = 0;
        unsigned long items = 0, rest = 0;
        unsigned char* data = nullptr;
        XGetWindowProperty(display_, window, atom(name), 0, 1, False, AnyPropertyType, &type, &format, &items, &rest,
                           &data);
        const Window value = data && items > 0 ? *reinterpret_cast<Window*>(data) : 0;
        if (data) XFree(data);
        return value;
    }

    // As toolkits do it: the outermost window that takes drops, and who receives its messages.
    void find_target(int x, int y) {
        target_ = receiver_ = 0;
        for (Window window = DefaultRootWindow(display_); window && !target_;) {
            int unused;
            Window child = 0;
            XTranslateCoordinates(display_, DefaultRootWindow(display_), window, x, y, &unused, &unused, &child);
            window = child;
            if (window && window_property(window, "XdndAware")) target_ = window;
        }
        if (!target_) return;
        const Window proxy = window_property(target_, "XdndProxy");
        receiver_ = proxy && window_property(proxy, "XdndProxy") == proxy ? proxy : target_;
    }

    void send(const char* type, std::array<long, 4> data) {
        XEvent event{};
        event.xclient.type = ClientMessage;
        event.xclient.window = target_;
        event.xclient.message_type = atom(type);
        event.xclient.format = 32;
        event.xclient.data.l[0] = static_cast<long>(window_);
        for (size_t i = 0; i < 4; ++i) event.xclient.data.l[i + 1] = data[i];
        XSendEvent(display_, receiver_, False, NoEventMask, &event);
        XFlush(display_);
    }

    // Serves the dropped data meanwhile. False after 5 seconds.
    bool wait_for(const char* type, XEvent& event) {
        for (int i = 0; i < 500; ++i) {
            while (XPending(display_)) {
                XNextEvent(display_, &event);
                if (event.type == ClientMessage && event.xclient.message_type == atom(type)) return true;
                if (event.type == SelectionRequest) serve(event.xselectionrequest);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    void serve(const XSelectionRequestEvent& request) {
        XChangeProperty(display_, request.requestor, request.property, request.target, 8, PropModeReplace,
                        reinterpret_cast<const unsigned char*>(list_.data()), static_cast<int>(list_.size()));
        XEvent answer{};
        answer.xselection = {
            SelectionNotify,  0,           True, display_, request.requestor, request.selection, request.target,
            request.property, request.time};
        XSendEvent(display_, request.requestor, False, NoEventMask, &answer);
        XFlush(display_);
    }

    Display* display_;
    Window window_ = 0, target_ = 0, receiver_ = 0;
    std::string list_;
};

} // namespace timbrel::test
