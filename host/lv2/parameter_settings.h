// SPDX-License-Identifier: GPL-3.0-or-later
// Parses NAME=VALUE parameter settings (--set) and checks them against a plugin's ports. Thread: control.
#pragma once

#include "host/lv2/instance.h"

#include <string>
#include <utility>
#include <vector>

namespace timbrel::host {

// The parameter with this symbol. Throws UsageError, listing all parameters, if there is none. `option` begins the
// message, such as "--learn".
const Port& find_parameter(const Instance& instance, const std::string& option, const std::string& name);

// Parses NAME=VALUE assignments into port indices and values. Throws UsageError, stating what is allowed, for an
// unknown name, a value that is not a number, and a value outside the port's range.
std::vector<std::pair<uint32_t, float>> parse_settings(const Instance& instance,
                                                       const std::vector<std::string>& assignments);

} // namespace timbrel::host
