// `--set NAME=VALUE`: checked against the plugin's own ports.
#pragma once

#include "host/lv2/instance.h"

#include <string>
#include <utility>
#include <vector>

namespace timbrel::host {

// The control of that name. Throws UsageError, naming what there is, when there is none; `what` is what it was for.
const Port& find_setting(const Instance& instance, const std::string& what, const std::string& name);

// Port indexes with their values. Throws UsageError, naming what there is, for an unknown name, a value that is no
// number, and one beyond the port's range.
std::vector<std::pair<uint32_t, float>> read_settings(const Instance& instance, const std::vector<std::string>& texts);

} // namespace timbrel::host
