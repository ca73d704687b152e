// SPDX-License-Identifier: GPL-3.0-or-later
// An X server without a monitor (Xvfb), with simulated input (xdotool).
#pragma once

#include "plugin/ui/paint/colour.h"
#include "plugin/ui/paint/geometry.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include <chrono>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace timbrel::test {

class VirtualScreen {
  public:
    // Sets DISPLAY for this process and its children.
    VirtualScreen() : server_({"Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24"}, folder_.file("display")) {
        // The number is the last line; warnings about displays in use precede it.
        for (int i = 0; i < 200 && !display_; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            std::string number;
            std::istringstream lines(server_.output());
            for (std::string line; std::getline(lines, line) && !lines.eof();) number = line;
            if (number.empty() || number.find_first_not_of("0123456789") != std::string::npos) continue;
            setenv("DISPLAY", (":" + number).c_str(), 1);
            display_ = XOpenDisplay(nullptr);
        }
        if (!display_) throw std::runtime_error("Xvfb does not start: " + server_.output());
    }
    ~VirtualScreen() { XCloseDisplay(display_); }
    VirtualScreen(const VirtualScreen&) = delete;
    VirtualScreen& operator=(const VirtualScreen&) = delete;

    Display* display() const { return display_; }
    Window root() const { return DefaultRootWindow(display_); }

    // The pixel at a point of the screen, after a delay for the requests of other clients.
    ui::Colour at(int x, int y) const { return row(x, y, 1).front(); }

    // So many pixels from a point to the right, likewise.
    std::vector<ui::Colour> row(int x, int y, unsigned width) const {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        XSync(display_, False);
        XImage* const image = XGetImage(display_, root(), x, y, width, 1, AllPlanes, ZPixmap);
        std::vector<ui::Colour> colours;
        for (int i = 0; i < image->width; ++i)
            colours.push_back(ui::rgb(static_cast<uint32_t>(XGetPixel(image, i, 0)) & 0xffffff));
        XDestroyImage(image);
        return colours;
    }

    // Runs xdotool with these commands; calls `meanwhile` about 60 times a second until it ends, and a few times
    // afterwards.
    void run_xdotool(const std::string& commands, const std::function<void()>& meanwhile) const {
        std::vector<std::string> command = {"xdotool"};
        std::istringstream in(commands);
        for (std::string word; in >> word;) command.push_back(word);
        Child child(command, folder_.file("xdotool"));
        for (int after = 0; after < 6; after += !child.alive()) {
            meanwhile();
            std::this_thread::sleep_for(std::chrono::milliseconds(16));
        }
    }

    // The screen position of the visible window with that name and size, which may be inside other windows. Waits 15 s
    // for it.
    std::optional<ui::Point> find(const std::string& name, int width, int height) const {
        for (int i = 0; i < 150; ++i) {
            if (const Window window = find_in(root(), name, width, height)) {
                Window child = 0;
                int x = 0, y = 0;
                XTranslateCoordinates(display_, window, root(), 0, 0, &x, &y, &child);
                return ui::Point{static_cast<double>(x), static_cast<double>(y)};
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        return {};
    }

  private:
    Window find_in(Window parent, const std::string& name, int width, int height) const {
        Window unused = 0, *children = nullptr;
        unsigned count = 0;
        if (!XQueryTree(display_, parent, &unused, &unused, &children, &count)) return 0;
        Window found = 0;
        for (unsigned i = 0; i < count && !found; ++i) {
            XWindowAttributes attributes{};
            char* text = nullptr;
            XGetWindowAttributes(display_, children[i], &attributes);
            XFetchName(display_, children[i], &text);
            const bool matches = text && name == text && attributes.width == width && attributes.height == height;
            XFree(text);
            found =
                matches && attributes.map_state == IsViewable ? children[i] : find_in(children[i], name, width, height);
        }
        XFree(children);
        return found;
    }

    TemporaryFolder folder_;
    Child server_;
    Display* display_ = nullptr;
};

} // namespace timbrel::test
