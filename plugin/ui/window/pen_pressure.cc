// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/ui/window/pen_pressure.h"

#include <X11/extensions/XInput2.h>

#include <algorithm>
#include <array>

namespace timbrel::ui {

PenPressure::PenPressure(Display* display) : display_(display) {
    int event = 0, error = 0, major = 2, minor = 2, extension = 0;
    if (!XQueryExtension(display, "XInputExtension", &extension, &event, &error)) return;
    if (XIQueryVersion(display, &major, &minor) != Success) return;
    extension_ = extension;
    std::array<unsigned char, XIMaskLen(XI_LASTEVENT)> raw_events{}, device_changes{};
    for (const int kind : {XI_RawMotion, XI_RawTouchBegin, XI_RawTouchUpdate}) XISetMask(raw_events.data(), kind);
    XISetMask(device_changes.data(), XI_HierarchyChanged);
    std::array masks{XIEventMask{XIAllMasterDevices, static_cast<int>(raw_events.size()), raw_events.data()},
                     XIEventMask{XIAllDevices, static_cast<int>(device_changes.size()), device_changes.data()}};
    // Only raw events arrive while a window grabs the pointer, and only root windows deliver raw events.
    XISelectEvents(display, DefaultRootWindow(display), masks.data(), static_cast<int>(masks.size()));
}

const PenPressure::Axis& PenPressure::find_axis(int device) {
    const auto cached = axes_.find(device);
    if (cached != axes_.end()) return cached->second;
    Axis& axis = axes_[device];
    const std::array labels{XInternAtom(display_, "Abs Pressure", True),
                            XInternAtom(display_, "Abs MT Pressure", True)};
    int count = 0;
    XIDeviceInfo* const device_info = XIQueryDevice(display_, device, &count);
    for (int i = 0; device_info && i < device_info->num_classes; ++i) {
        const auto* const valuator = reinterpret_cast<const XIValuatorClassInfo*>(device_info->classes[i]);
        if (valuator->type != XIValuatorClass || valuator->label == None || valuator->max <= valuator->min) continue;
        if (std::find(labels.begin(), labels.end(), valuator->label) != labels.end())
            axis = {valuator->number, valuator->min, valuator->max};
    }
    if (device_info) XIFreeDeviceInfo(device_info);
    return axis;
}

std::optional<double> PenPressure::pressure(XEvent& event) {
    XGenericEventCookie& cookie = event.xcookie;
    if (cookie.type != GenericEvent || cookie.extension != extension_ || !XGetEventData(display_, &cookie)) return {};
    std::optional<double> pressure;
    if (cookie.evtype == XI_HierarchyChanged) {
        axes_.clear();
    } else {
        const auto& raw_event = *static_cast<const XIRawEvent*>(cookie.data);
        const Axis& axis = find_axis(raw_event.sourceid);
        const double* value = raw_event.raw_values; // contains the valuators of the mask only
        for (int i = 0; i < 8 * raw_event.valuators.mask_len && i <= axis.number; ++i) {
            if (!XIMaskIsSet(raw_event.valuators.mask, i)) continue;
            if (i == axis.number)
                pressure = std::clamp((*value - axis.minimum) / (axis.maximum - axis.minimum), 0.0, 1.0);
            ++value;
        }
    }
    XFreeEventData(display_, &cookie);
    return pressure;
}

} // namespace timbrel::ui
