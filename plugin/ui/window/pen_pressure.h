// SPDX-License-Identifier: GPL-3.0-or-later
// The pressure of pens and fingers, where the X server reports it (XInput 2.2 or later).
// Thread: control (the window's).
#pragma once

#include <X11/Xlib.h>

#include <map>
#include <optional>

namespace timbrel::ui {

class PenPressure {
  public:
    // Selects raw events of all devices, which arrive even while a button grabs the pointer. With an older server,
    // pressure() never returns a value. `display` must outlive the object.
    explicit PenPressure(Display* display);

    // The pressure in an event of this display, 0–1; nothing for all other events.
    std::optional<double> pressure(XEvent& event);

  private:
    struct Axis {
        int number = -1; // index among the device's valuators; -1 for a device without pressure
        double minimum = 0, maximum = 1;
    };
    const Axis& find_axis(int device);

    Display* const display_;
    int extension_ = -1;       // opcode of XInput; -1 where it is missing
    std::map<int, Axis> axes_; // by device; cleared when a device is added or removed
};

} // namespace timbrel::ui
