// A screen in memory with a hand on it: Xvfb and xdotool.
#pragma once

#include "plugin/ui/colour.h"
#include "tests/engine/synthetic_bank.h"
#include "tests/host/process.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>

#include <chrono>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace timbrel::test {

class VirtualScreen {
  public:
    // Sets DISPLAY for this process and its children.
    VirtualScreen() : server_({"Xvfb", "-displayfd", "1", "-screen", "0", "1600x1200x24"}, folder_.file("display")) {
        std::string number;
        for (int i = 0; i < 200 && number.empty(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
            std::istringstream(read_file(folder_.file("display"))) >> number;
        }
        setenv("DISPLAY", (":" + number).c_str(), 1);
        display_ = XOpenDisplay(nullptr);
        if (!display_) throw std::runtime_error("Xvfb does not start");
    }
    ~VirtualScreen() { XCloseDisplay(display_); }
    VirtualScreen(const VirtualScreen&) = delete;
    VirtualScreen& operator=(const VirtualScreen&) = delete;

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

  private:
    TemporaryFolder folder_;
    Child server_;
    Display* display_ = nullptr;
};

} // namespace timbrel::test
