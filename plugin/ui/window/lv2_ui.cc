// SPDX-License-Identifier: GPL-3.0-or-later
// LV2's C interface of the window. Lets no exception escape. Thread: control (the host calls all functions on its UI
// thread).
#include "plugin/ui/window/plugin_window.h"

#include <cstring>
#include <exception>

namespace {

using timbrel::ui::HostFeatures;
using timbrel::ui::PluginWindow;

PluginWindow& self(LV2UI_Handle handle) { return *static_cast<PluginWindow*>(handle); }

LV2UI_Handle instantiate(const LV2UI_Descriptor*, const char* uri, const char* bundle, LV2UI_Write_Function write,
                         LV2UI_Controller controller, LV2UI_Widget* widget, const LV2_Feature* const* features) {
    try {
        const HostFeatures host(features);
        if (!host.map) return nullptr;
        auto* const window = new PluginWindow(host, {uri, bundle}, write, controller);
        *widget = reinterpret_cast<LV2UI_Widget>(window->id());
        return window;
    } catch (const std::exception&) {
        return nullptr;
    }
}

void cleanup(LV2UI_Handle handle) { delete &self(handle); }

void port_event(LV2UI_Handle handle, uint32_t port, uint32_t size, uint32_t format, const void* buffer) {
    try {
        self(handle).port_event(port, size, format, buffer);
    } catch (const std::exception&) {
        // Out of memory: skips this event.
    }
}

int idle(LV2UI_Handle handle) {
    try {
        return self(handle).idle() ? 0 : 1;
    } catch (const std::exception&) {
        return 1;
    }
}

int resize(LV2UI_Feature_Handle handle, int width, int height) {
    self(handle).resize(width, height);
    return 0;
}

const void* extension_data(const char* uri) {
    static constexpr LV2UI_Idle_Interface idle_interface{idle};
    static constexpr LV2UI_Resize resize_interface{nullptr, resize};
    if (std::strcmp(uri, LV2_UI__idleInterface) == 0) return &idle_interface;
    if (std::strcmp(uri, LV2_UI__resize) == 0) return &resize_interface;
    return nullptr;
}

constexpr LV2UI_Descriptor descriptor = {timbrel::lv2::window_uri, instantiate, cleanup, port_event, extension_data};

} // namespace

LV2_SYMBOL_EXPORT const LV2UI_Descriptor* lv2ui_descriptor(uint32_t index) {
    return index == 0 ? &descriptor : nullptr;
}
