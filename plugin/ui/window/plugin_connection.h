// SPDX-License-Identifier: GPL-3.0-or-later
// The window's connection to the plugin: sends parameters, MIDI and requests to its control port, and parses what its
// notify port sends. Thread: control (the window's).
#pragma once

#include "plugin/lv2/shared/display.h"
#include "plugin/lv2/shared/urids.h"

#include <lv2/atom/forge.h>
#include <lv2/ui/ui.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace timbrel::ui {

// The bank that the plugin plays.
struct BankMessage {
    std::string path; // empty for none
};
// Files of the tuning; empty for none.
struct ScaleMessage {
    std::string path;
};
struct KeyboardMapMessage {
    std::string path;
};
// What a session's bank that is missing was baked of (bank_recipe.h).
struct RecipeMessage {
    std::string text; // empty when none is missing
};
// What the player announces; other hosts do not.
struct NoticeMessage {
    std::string text;
};
// Why a bank or tuning is missing.
struct ErrorMessage {
    std::string text; // empty once the reason is gone
};
struct GestureMessage {
    std::vector<engine::PlanePoint> path; // empty when no gesture is recorded
};
// Whether notes follow a session's tuning master.
struct TuningMasterMessage {
    std::string text; // empty without a master
};
using PluginMessage =
    std::variant<std::monostate, BankMessage, RecipeMessage, ScaleMessage, KeyboardMapMessage, NoticeMessage,
                 ErrorMessage, GestureMessage, TuningMasterMessage, lv2::DisplayMessage>;

class PluginConnection {
  public:
    PluginConnection(LV2_URID_Map& map, LV2UI_Write_Function write, LV2UI_Controller controller);

    void set_parameter(engine::Parameter parameter, float value);
    void play_note(int key, int velocity);  // velocity 0 releases the key
    void aftertouch(int key, int pressure); // 0–127
    // Paths are absolute, shorter than lv2::path_bytes, and empty for none.
    void set_bank(const std::string& path) { set_path(urids_.bank, path); }
    void set_scale(const std::string& path) { set_path(urids_.tuning, path); }
    void set_keyboard_map(const std::string& path) { set_path(urids_.keyboard_map, path); }
    // Files in which the plugin is to write its gesture, and from which it is to read one.
    void export_gesture(const std::string& path) { set_path(urids_.gesture_export, path); }
    void import_gesture(const std::string& path) { set_path(urids_.gesture_import, path); }
    void request_texts();   // the answers are the messages above with a path or a text
    void request_gesture(); // now and after every change
    void request_display(); // for lv2::display_lease_seconds

    // Parses a port event; std::monostate for anything but a message of the plugin.
    PluginMessage parse(uint32_t format, uint32_t size, const void* buffer) const;

    const lv2::Urids& urids() const { return urids_; }

  private:
    void send(const LV2_Atom* atom);
    void send_midi(int status, int data1, int data2);
    void set_path(LV2_URID property, const std::string& path);
    void get(LV2_URID property);

    lv2::Urids urids_;
    LV2_Atom_Forge forge_;
    LV2_URID event_transfer_;
    LV2UI_Write_Function write_;
    LV2UI_Controller controller_;
};

} // namespace timbrel::ui
