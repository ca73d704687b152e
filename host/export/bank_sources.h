// SPDX-License-Identifier: GPL-3.0-or-later
// Where the sounds of a bank come from, and under which licences. Thread: control.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <array>
#include <string>

namespace timbrel::host {

// Lines of printable text about every corner. `name`: the bank's.
std::string describe_sources(const engine::Bank& bank, const std::string& name);

// The names of the corners nearest to the corners of the plane: north-west, north-east, south-west, south-east. A bank
// without names gets these.
std::array<std::string, 4> corner_names(const engine::Bank& bank);

} // namespace timbrel::host
