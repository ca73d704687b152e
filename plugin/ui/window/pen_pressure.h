// How hard a pen or a finger presses, where the X server tells (XInput 2.2 or later). Window thread.
#pragma once

#include <X11/Xlib.h>

#include <map>
#include <optional>

namespace timbrel::ui {

class Pen {
  public:
    // Asks for what all pens report, even while a button holds the pointer. Tells nothing where the server is older.
    explicit Pen(Display* display);

    // The pressure that an event of this display tells, 0–1; nothing for any other event.
    std::optional<double> pressure(XEvent& event);

  private:
    struct Axis {
        int number = -1; // among the device's; negative where it knows no pressure
        double minimum = 0, maximum = 1;
    };
    const Axis& axis_of(int device);

    Display* const display_;
    int extension_ = -1;       // its number; negative where there is none
    std::map<int, Axis> axes_; // by device, until devices come or go
};

} // namespace timbrel::ui
