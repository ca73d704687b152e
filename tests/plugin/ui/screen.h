// A screen in memory with a hand on it: Xvfb and xdotool.
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

namespace timbrel::test {

class VirtualScreen {
  public:
    // Sets DISPLAY for this process and its children.
    VirtualScreen() : server_({"Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24"}, folder_.file("display")) {
        // The number is the last line: a server that finds another one's place taken complains before it.
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

    // What is to be seen at a point of the screen, once the server has had time for what other clients sent it.
    ui::Colour at(int x, int y) const {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        XSync(display_, False);
        XImage* const image = XGetImage(display_, root(), x, y, 1, 1, AllPlanes, ZPixmap);
        const auto pixel = static_cast<uint32_t>(XGetPixel(image, 0, 0));
        XDestroyImage(image);
        return ui::rgb(pixel & 0xffffff);
    }

    // Does what xdotool's words say, while `meanwhile` is called 60 times a second, and some times afterwards.
    void hand(const std::string& words, const std::function<void()>& meanwhile) const {
        std::vector<std::string> command = {"xdotool"};
        std::istringstream in(words);
        for (std::string word; in >> word;) command.push_back(word);
        Child child(command, folder_.file("hand"));
        for (int after = 0; after < 6; after += !child.alive()) {
            meanwhile();
            std::this_thread::sleep_for(std::chrono::milliseconds(16));
        }
    }

    // Where on the screen the window of that name and size is, in whatever host's frame; waits for it some seconds.
    std::optional<ui::Point> find(const std::string& name, int width, int height) const {
        for (int i = 0; i < 150; ++i) {
            if (const Window window = find_below(root(), name, width, height)) {
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
    Window find_below(Window parent, const std::string& name, int width, int height) const {
        Window unused = 0, *children = nullptr;
        unsigned count = 0;
        if (!XQueryTree(display_, parent, &unused, &unused, &children, &count)) return 0;
        Window found = 0;
        for (unsigned i = 0; i < count && !found; ++i) {
            XWindowAttributes about{};
            char* text = nullptr;
            XGetWindowAttributes(display_, children[i], &about);
            XFetchName(display_, children[i], &text);
            const bool is = text && name == text && about.width == width && about.height == height;
            XFree(text);
            found = is && about.map_state == IsViewable ? children[i] : find_below(children[i], name, width, height);
        }
        XFree(children);
        return found;
    }

    TemporaryFolder folder_;
    Child server_;
    Display* display_ = nullptr;
};

} // namespace timbrel::test
