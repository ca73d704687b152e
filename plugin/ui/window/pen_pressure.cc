#include "plugin/ui/window/pen_pressure.h"

#include <X11/extensions/XInput2.h>

#include <algorithm>
#include <array>

namespace timbrel::ui {

Pen::Pen(Display* display) : display_(display) {
    int event = 0, error = 0, major = 2, minor = 2, extension = 0;
    if (!XQueryExtension(display, "XInputExtension", &extension, &event, &error)) return;
    if (XIQueryVersion(display, &major, &minor) != Success) return;
    extension_ = extension;
    std::array<unsigned char, XIMaskLen(XI_LASTEVENT)> reports{}, changes{};
    for (const int kind : {XI_RawMotion, XI_RawTouchBegin, XI_RawTouchUpdate}) XISetMask(reports.data(), kind);
    XISetMask(changes.data(), XI_HierarchyChanged);
    std::array wanted{XIEventMask{XIAllMasterDevices, static_cast<int>(reports.size()), reports.data()},
                      XIEventMask{XIAllDevices, static_cast<int>(changes.size()), changes.data()}};
    // Only raw reports come while another window, or our own, holds the pointer; and only roots give them.
    XISelectEvents(display, DefaultRootWindow(display), wanted.data(), static_cast<int>(wanted.size()));
}

const Pen::Axis& Pen::axis_of(int device) {
    const auto known = axes_.find(device);
    if (known != axes_.end()) return known->second;
    Axis& axis = axes_[device];
    const std::array labels{XInternAtom(display_, "Abs Pressure", True),
                            XInternAtom(display_, "Abs MT Pressure", True)};
    int count = 0;
    XIDeviceInfo* const about = XIQueryDevice(display_, device, &count);
    for (int i = 0; about && i < about->num_classes; ++i) {
        const auto* const valuator = reinterpret_cast<const XIValuatorClassInfo*>(about->classes[i]);
        if (valuator->type != XIValuatorClass || valuator->label == None || valuator->max <= valuator->min) continue;
        if (std::find(labels.begin(), labels.end(), valuator->label) != labels.end())
            axis = {valuator->number, valuator->min, valuator->max};
    }
    if (about) XIFreeDeviceInfo(about);
    return axis;
}

std::optional<double> Pen::pressure(XEvent& event) {
    XGenericEventCookie& cookie = event.xcookie;
    if (cookie.type != GenericEvent || cookie.extension != extension_ || !XGetEventData(display_, &cookie)) return {};
    std::optional<double> pressure;
    if (cookie.evtype == XI_HierarchyChanged) {
        axes_.clear();
    } else {
        const auto& report = *static_cast<const XIRawEvent*>(cookie.data);
        const Axis& axis = axis_of(report.sourceid);
        const double* value = report.raw_values; // those that have changed, one after the other
        for (int i = 0; i < 8 * report.valuators.mask_len && i <= axis.number; ++i) {
            if (!XIMaskIsSet(report.valuators.mask, i)) continue;
            if (i == axis.number)
                pressure = std::clamp((*value - axis.minimum) / (axis.maximum - axis.minimum), 0.0, 1.0);
            ++value;
        }
    }
    XFreeEventData(display_, &cookie);
    return pressure;
}

} // namespace timbrel::ui
