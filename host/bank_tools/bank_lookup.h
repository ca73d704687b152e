// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the bank file that a command-line argument means. Thread: control.
#pragma once

#include "plugin/engine/bank/bank.h"

#include <memory>
#include <string>

namespace timbrel::host {

// `name` is a file, or a bank's name with or without .timbrel in the bank folders; empty means the first bank found.
// Throws Error with advice when there is no such bank, BankError when the bank is damaged.
std::shared_ptr<const engine::Bank> open_bank(const std::string& name);

// The same; returns the absolute path of the bank.
std::string resolve_bank(const std::string& name);

} // namespace timbrel::host
