// SPDX-License-Identifier: GPL-3.0-or-later
// LV2 presets: those of the plugin and those in ~/.lv2, which other LV2 hosts share. Thread: control, always the same
// one.
#pragma once

#include "host/lv2/state.h"

#include <filesystem>
#include <string>
#include <vector>

namespace timbrel::host {

// Saves the instance's state as a new preset in ~/.lv2. Throws Error if the name is empty, if there is a preset of this
// name, which stays as it is, or if a file cannot be written.
void save_preset(const World& world, UridTable& urids, const Instance& instance, const std::string& name);

// The first unused name of 'Stage 1', 'Stage 2' and so on.
std::string unused_preset_name(const Instance& instance);

// The labels of all presets of the instance's plugin.
std::vector<std::string> preset_names(const World& world, const Instance& instance);

// The preset with this label. Throws UsageError, listing all labels, if there is none.
State find_preset(const World& world, UridTable& urids, const Instance& instance, const std::string& name);

} // namespace timbrel::host
