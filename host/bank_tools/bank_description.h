// SPDX-License-Identifier: GPL-3.0-or-later
// What a bank contains and where it came from, as text. Thread: control.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace timbrel::host {

// Lines of printable text, whatever the bank's metadata contain; at most some hundreds. `verified`: whether the
// checksum of its sound has been compared.
std::string describe_bank(const engine::Bank& bank, bool verified);

// The same as a JSON object, with all metadata.
nlohmann::json bank_facts(const engine::Bank& bank, bool verified);

} // namespace timbrel::host
