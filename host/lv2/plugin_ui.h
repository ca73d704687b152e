// A plugin's own window, an ui:X11UI, inside a window of the host's. Main thread only; it talks with the audio thread
// through the instance's queues.
#pragma once

#include "host/lv2/instance.h"

#include <lv2/ui/ui.h>

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace timbrel::host {

struct UiPlace {
    unsigned long parent;                  // the X window to live in
    float scale;                           // of the screen, 1 for usual ones
    std::function<void(int, int)> resized; // the plugin wishes these pixels
};

class PluginUi {
  public:
    // Whether the instance's plugin has a window that can be shown here.
    static bool available(const World& world, const Instance& instance);

    // Opens the window. `instance` must outlive the object. Throws Error when the window does not open.
    PluginUi(const World& world, UridTable& urids, Instance& instance, const UiPlace& place);
    ~PluginUi();
    PluginUi(const PluginUi&) = delete;
    PluginUi& operator=(const PluginUi&) = delete;

    // An atom that Instance::receive() gave.
    void tell(std::span<const std::byte> atom);

    // To be called 30 to 60 times a second: tells of controls that have changed and lets the window work. False once it
    // has been closed.
    bool idle();

    // The window's place has got another size, in pixels.
    void resize(int width, int height);

    // The control that the hand was on last; null before there was one.
    const Port* touched() const { return touched_; }

    unsigned long id() const { return reinterpret_cast<unsigned long>(widget_); } // its X window

  private:
    void load(const World& world);
    void instantiate();
    void touch(uint32_t port);
    void write(uint32_t port, uint32_t size, uint32_t protocol, const void* data);
    void close();

    UridTable& urids_;
    Instance& instance_;
    UiPlace place_;
    const LV2_URID event_transfer_;
    const Port* const notify_; // null where the plugin has none
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
    std::vector<float> told_; // the control ports' values
};

} // namespace timbrel::host
