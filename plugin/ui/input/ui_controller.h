// SPDX-License-Identifier: GPL-3.0-or-later
// What the user's input asks of the plugin and its host. Thread: control (the window's).
#pragma once

#include "plugin/engine/core/parameters.h"
#include "plugin/ui/scene/scene.h"

#include <cstdint>
#include <string>
#include <vector>

namespace timbrel::ui {

class UiController {
  public:
    virtual ~UiController() = default;
    // Begins (`down`) or ends one continuous change of a parameter, for the host's automation and undo.
    virtual void touch(engine::Parameter parameter, bool down) = 0;
    // `value`: in the parameter's unit and range.
    virtual void set_parameter(engine::Parameter parameter, float value) = 0;
    // MIDI note number and velocity; velocity 0 releases the key.
    virtual void play_note(int key, int velocity) = 0;
    // Polyphonic key pressure, 0–127, on a key that sounds.
    virtual void aftertouch(int key, int pressure) = 0;
    virtual void load_bank(const std::string& path) = 0;
    // Bakes a plane with these files or folders at its corners: the first at `corner` (row by row from the north-west),
    // the others at those that follow. A single bank is loaded.
    virtual void drop_files(size_t corner, const std::vector<std::string>& paths) = 0;
    // Bakes a plane with these sounds, one for each corner; without any sound the plane is empty.
    virtual void set_corners(const std::vector<CornerSlot>& slots) = 0;
    virtual void cancel_bake() = 0;
    virtual void bake_again() = 0; // the session's bank that is missing
    // Opens the host's file dialog for a bank, where the host has one.
    virtual bool can_request_file() const = 0;
    virtual void request_file() = 0;
    // Bank, corners and tuning as they are now, a bank that is being baked included.
    virtual SoundFiles files() const = 0;
    // Brings them back: loads the bank, or bakes it again if its bake had not ended.
    virtual void restore_files(const SoundFiles& files) = 0;
    // The lines of the list of presets, headings included; `detail` names a preset's bank.
    virtual std::vector<ListLine> list_presets() = 0;
    // These throw Error with one line for the user; nothing has changed then. `uri`: of a line of list_presets().
    virtual CurrentPreset read_preset(const std::string& uri) = 0;
    virtual CurrentPreset save_preset(const std::string& name) = 0;   // the scene's sound as a new preset
    virtual CurrentPreset replace_preset() = 0;                       // the current preset by the scene's sound
    virtual CurrentPreset rename_preset(const std::string& name) = 0; // the current one
    virtual void delete_preset() = 0;                                 // the current one
    // Theme, zoom or computer keyboard have changed: applies and stores them.
    virtual void settings_changed() = 0;
};

} // namespace timbrel::ui
