// SPDX-License-Identifier: GPL-3.0-or-later
// Saves and restores a plugin's state, in memory and as a Turtle file that any LV2 host reads. Thread: control. run()
// may go on while a state is saved; while one is restored only if the instance restores_while_running(), as Timbrel
// does.
#pragma once

#include "host/lv2/instance.h"

#include <memory>
#include <string>

namespace timbrel::host {

struct StateDeleter {
    void operator()(LilvState* state) const { lilv_state_free(state); }
};
using State = std::unique_ptr<LilvState, StateDeleter>;

// Saves the state in memory. Throws Error if the plugin gives none.
State capture_state(UridTable& urids, const Instance& instance);

// Whether the plugin would save this property now.
bool saves_property(UridTable& urids, const Instance& instance, const char* property);

// Restores a state of the same plugin. Throws Error if the audio thread does not run and its ring is full.
void restore_state(UridTable& urids, const LilvState* state, Instance& instance);

// Saves the port values and the plugin's properties to a Turtle file, which is replaced atomically. Paths below the
// file's folder are saved relative to it. With a name, the file is a preset. Throws Error if it cannot be written.
void save_state(const World& world, UridTable& urids, const Instance& instance, const std::string& file,
                const std::string& name = {});

// Restores a state from a file. Throws Error if the file cannot be read or belongs to another plugin.
void load_state(const World& world, UridTable& urids, Instance& instance, const std::string& file);

} // namespace timbrel::host
