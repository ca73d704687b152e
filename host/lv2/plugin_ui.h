// SPDX-License-Identifier: GPL-3.0-or-later
// A plugin's own window (ui:X11UI), embedded in a window of the host. It exchanges data with the audio thread through
// the instance's rings. Thread: control, always the same one.
#pragma once

#include "host/lv2/instance.h"

#include <lv2/ui/ui.h>

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace timbrel::host {

struct UiParent {
    unsigned long window;                    // X window that contains the plugin's one
    float scale;                             // of the screen; 1 at 96 dpi
    std::function<void(int, int)> on_resize; // called when the plugin requests a size in pixels
};

class PluginUi {
  public:
    // Whether the instance's plugin has an X11 user interface.
    static bool available(const World& world, const Instance& instance);

    // Opens the window. `urids` and `instance` must outlive the object. Throws Error if the window does not open.
    PluginUi(const World& world, UridTable& urids, Instance& instance, const UiParent& parent);
    ~PluginUi();
    PluginUi(const PluginUi&) = delete;
    PluginUi& operator=(const PluginUi&) = delete;

    // Passes an atom from Instance::receive() to the window.
    void port_event(std::span<const std::byte> atom);

    // Sends changed control values to the window and lets it process its events; to be called 30 to 60 times a second.
    // False once the window has been closed.
    bool idle();

    // Resizes the window, in pixels.
    void resize(int width, int height);

    // The control that the user moved last; null before the first.
    const Port* touched() const { return touched_; }

    // The plugin's X window.
    unsigned long id() const { return reinterpret_cast<unsigned long>(widget_); }

  private:
    void load(const World& world);
    void instantiate();
    void touch(uint32_t port);
    void write(uint32_t port, uint32_t size, uint32_t protocol, const void* data);
    void close();

    UridTable& urids_;
    Instance& instance_;
    UiParent parent_;
    const LV2_URID event_transfer_;
    const Port* const notify_; // the main event output; null if the plugin has none
    std::string uri_, bundle_, binary_;
    void* library_ = nullptr;
    const LV2UI_Descriptor* descriptor_ = nullptr;
    LV2UI_Handle handle_ = nullptr;
    LV2UI_Widget widget_ = nullptr;
    const LV2UI_Idle_Interface* idle_ = nullptr;
    const LV2UI_Resize* resize_ = nullptr;
    LV2UI_Resize resize_feature_;
    LV2UI_Touch touch_feature_;
    const Port* touched_ = nullptr;
    std::vector<float> last_sent_; // values of control ports, by port
};

} // namespace timbrel::host
