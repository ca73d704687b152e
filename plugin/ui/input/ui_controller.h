// SPDX-License-Identifier: GPL-3.0-or-later
// What the user's input asks of the plugin and its host. Thread: control (the window's).
#pragma once

#include "plugin/engine/core/parameters.h"

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
    virtual void cancel_bake() = 0;
    // Opens the host's file dialog for a bank, where the host has one.
    virtual bool can_request_file() const = 0;
    virtual void request_file() = 0;
    // Theme, zoom or computer keyboard have changed: applies and stores them.
    virtual void settings_changed() = 0;
};

} // namespace timbrel::ui
