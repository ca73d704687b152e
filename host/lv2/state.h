// A plugin's whole setting as a file that any LV2 host reads. Control thread. run() may go on while a setting is taken,
// and while one is given only where the instance restores_while_running(), as Timbrel's own does.
#pragma once

#include "host/lv2/instance.h"

#include <memory>
#include <string>

namespace timbrel::host {

struct StateDeleter {
    void operator()(LilvState* state) const { lilv_state_free(state); }
};
using State = std::unique_ptr<LilvState, StateDeleter>;

// The setting in memory. Throws Error when the plugin gives none.
State take_state(UridTable& urids, const Instance& instance);

// Whether the plugin would save this property now.
bool keeps(UridTable& urids, const Instance& instance, const char* property);

// Brings a setting of the same plugin back. Throws Error when the audio thread stands still with its queue full.
void give_state(UridTable& urids, const LilvState* state, Instance& instance);

// Writes the ports' values and the plugin's own properties to a Turtle file, beside it first, then renamed. Paths
// inside it are kept relative to its folder where they lie below it; with a name, it is a preset. Throws Error when the
// disk refuses.
void save_state(const World& world, UridTable& urids, const Instance& instance, const std::string& file,
                const std::string& name = {});

// Brings the setting back. Throws Error when the file cannot be read or is of another plugin.
void load_state(const World& world, UridTable& urids, Instance& instance, const std::string& file);

} // namespace timbrel::host
