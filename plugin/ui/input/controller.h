// What a hand on the window asks of the plugin and its host. Called on the window's thread.
#pragma once

#include "plugin/engine/core/parameters.h"

#include <cstdint>
#include <string>

namespace timbrel::ui {

class Actions {
  public:
    virtual ~Actions() = default;
    virtual void touch(engine::Parameter parameter, bool down) = 0; // around all changes by one movement of the hand
    virtual void set(engine::Parameter parameter, float value) = 0; // in the parameter's unit and range
    virtual void play(int key, int velocity) = 0;                   // MIDI numbers; velocity 0 lets the key go
    virtual void lean(int key, int pressure) = 0;                   // on a key that plays: 0–127
    virtual void load_bank(const std::string& path) = 0;
    virtual bool can_ask_for_file() const = 0;
    virtual void ask_for_file() = 0; // the host's dialogue for a bank
    virtual void look_changed() = 0; // theme, zoom or the computer's keyboard, to be kept
};

} // namespace timbrel::ui
