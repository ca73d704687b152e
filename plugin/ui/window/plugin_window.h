// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin's window: connects the scene, the X11 window that shows it, the plugin and the host. lv2_ui.cc wraps it in
// LV2's C interface. Thread: control (the window's).
#pragma once

#include "plugin/ui/baking/plane_baker.h"
#include "plugin/ui/presets/window_presets.h"
#include "plugin/ui/window/gesture_transfer.h"
#include "plugin/ui/window/plugin_connection.h"
#include "plugin/ui/window/x11_window.h"

#include <lv2/ui/ui.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace timbrel::ui {

// The host's features; all but `map` may be missing.
struct HostFeatures {
    explicit HostFeatures(const LV2_Feature* const* features);

    LV2_URID_Map* map = nullptr;
    LV2UI_Resize* resize = nullptr;
    LV2UI_Touch* touch = nullptr;
    LV2UI_Request_Value* request_value = nullptr;
    Window parent = 0;
    double scale = 1; // pixels per unit, 0.5–4
};

// What the host opens the window for.
struct PluginIdentity {
    std::string uri;
    std::string bundle; // folder
};

class PluginWindow : private UiController {
  public:
    // Throws std::runtime_error if there is no display. `host.map` must not be null.
    PluginWindow(const HostFeatures& host, const PluginIdentity& plugin, LV2UI_Write_Function write,
                 LV2UI_Controller controller);

    Window id() const { return window_.id(); }
    void port_event(uint32_t port, uint32_t size, uint32_t format, const void* buffer);
    // To be called 30 to 60 times a second; returns false once the window is closed.
    bool idle();
    void resize(int width, int height) { window_.resize(width, height); } // pixels

  private:
    void touch(engine::Parameter parameter, bool down) override;
    void set_parameter(engine::Parameter parameter, float value) override;
    void play_note(int key, int velocity) override { plugin_.play_note(key, velocity); }
    void aftertouch(int key, int pressure) override { plugin_.aftertouch(key, pressure); }
    void load_bank(const std::string& path) override;
    void drop_files(size_t corner, const std::vector<std::string>& paths) override;
    void set_corners(const std::vector<CornerSlot>& slots) override;
    void cancel_bake() override;
    void bake_again() override;
    bool can_request_file() const override { return host_.request_value; }
    void request_file() override;
    SoundFiles files() const override;
    void restore_files(const SoundFiles& files) override;
    std::vector<ListLine> list_presets() override { return presets_.lines(); }
    CurrentPreset read_preset(const std::string& uri) override { return presets_.read(uri); }
    CurrentPreset save_preset(const std::string& name) override { return presets_.save(name); }
    CurrentPreset replace_preset() override { return presets_.replace(); }
    CurrentPreset rename_preset(const std::string& name) override { return presets_.rename(name); }
    void delete_preset() override { presets_.remove(); }
    void settings_changed() override;

    void show_value(uint32_t port, float value);
    void show(const BankMessage& message);
    void show(const RecipeMessage& message);
    void show(const ScaleMessage& message);
    void show(const KeyboardMapMessage& message);
    void show(const NoticeMessage& message);
    void show(const ErrorMessage& message);
    void show(const GestureMessage& message);
    void show(const TuningMasterMessage& message);
    void show(const lv2::DisplayMessage& display);
    void show_notes(const lv2::DisplayMessage& display);
    void show_status(const lv2::DisplayMessage& display);
    void show_parameter_position();
    void move_puck(engine::PlanePoint position);
    void expire_trail();
    void expire_notice();
    void recognise_preset();
    void follow_bake();
    void follow_gesture();

    const HostFeatures host_;
    PluginConnection plugin_;
    GestureTransfer gestures_{plugin_};
    Scene scene_;
    PlaneBaker baker_{scene_};
    WindowPresets presets_;
    X11Window window_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(); // zero of Scene::now
    double last_display_request_ = -1e9, last_status_update_ = -1e9;                       // on the scene's clock
    bool requested_initial_state_ = false, looked_for_preset_ = false;
    std::optional<std::string> requested_bank_; // until the plugin reports which bank plays
};

} // namespace timbrel::ui
