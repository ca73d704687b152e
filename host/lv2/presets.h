// Presets as every LV2 host keeps them, in ~/.lv2: those saved here appear in other hosts, and theirs here. Main
// thread.
#pragma once

#include "host/lv2/state.h"

#include <filesystem>
#include <string>
#include <vector>

namespace timbrel::host {

// Keeps the setting under this name, in place of an earlier one of that name. Throws Error when the name is empty or
// the disk refuses.
void save_preset(const World& world, UridTable& urids, const Instance& instance, const std::string& name);

// The first of 'Stage 1', 'Stage 2' and so on that is not taken.
std::string free_preset_name(const World& world, UridTable& urids, const Instance& instance);

// The names that people see of the presets of the instance's plugin, its own and those in ~/.lv2.
std::vector<std::string> preset_names(const World& world, const Instance& instance);

// A preset of the instance's plugin, the plugin's own or one in ~/.lv2, by the name that people see. Throws
// UsageError, naming those there are, for another.
State find_preset(const World& world, UridTable& urids, const Instance& instance, const std::string& name);

} // namespace timbrel::host
