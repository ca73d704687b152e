// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the bank file that a command-line argument means. Thread: control.
#pragma once

#include <string>

namespace timbrel::host {

// `name` is a file, or a bank's name with or without .timbrel in the bank folders; empty means the first bank found.
// Returns the absolute path of a bank that opens. Throws Error with advice when there is no such bank, BankError when
// the bank is damaged.
std::string resolve_bank(const std::string& name);

} // namespace timbrel::host
