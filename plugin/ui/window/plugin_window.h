// The plugin's window: a scene, an X11 window that shows it, and the host's functions. The C interface around it is in
// lv2_ui.cc. Window thread.
#pragma once

#include "plugin/ui/window/messages.h"
#include "plugin/ui/window/x11_window.h"

#include <lv2/ui/ui.h>

#include <chrono>

namespace timbrel::ui {

// What a host offers; all but `map` may be missing.
struct HostFeatures {
    explicit HostFeatures(const LV2_Feature* const* features);

    LV2_URID_Map* map = nullptr;
    LV2UI_Resize* resize = nullptr;
    LV2UI_Touch* touch = nullptr;
    LV2UI_Request_Value* request_value = nullptr;
    Window parent = 0;
    double scale = 1; // pixels for a unit
};

class PluginWindow : private Actions {
  public:
    // Throws std::runtime_error when there is no display.
    PluginWindow(const HostFeatures& host, LV2UI_Write_Function write, LV2UI_Controller controller);

    Window id() const { return window_.id(); }
    void port_event(uint32_t port, uint32_t size, uint32_t format, const void* buffer);
    bool idle();                                                          // false once the window is closed
    void resize(int width, int height) { window_.resize(width, height); } // pixels

  private:
    void touch(engine::Parameter parameter, bool down) override;
    void set(engine::Parameter parameter, float value) override;
    void play(int key, int velocity) override { messages_.play(key, velocity); }
    void lean(int key, int pressure) override { messages_.lean(key, pressure); }
    void load_bank(const std::string& path) override { messages_.load_bank(path); }
    bool can_ask_for_file() const override { return host_.request_value; }
    void ask_for_file() override;
    void look_changed() override;

    void show_value(uint32_t port, float value);
    void show(const BankTold& told);
    void show(const MessageTold& told);
    void show(const GestureTold& told);
    void show(const lv2::Display& told);
    void move_puck(engine::PlanePoint place);
    void forget_trail();

    const HostFeatures host_;
    LV2UI_Controller controller_;
    Messages messages_;
    Scene scene_;
    X11Window window_;
    const std::chrono::steady_clock::time_point opened_ = std::chrono::steady_clock::now();
    double asked_ = -1e9, told_health_ = -1e9; // when, on the scene's clock
    bool introduced_ = false;
};

} // namespace timbrel::ui
