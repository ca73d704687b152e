// SPDX-License-Identifier: GPL-3.0-or-later
// `timbrel info`: prints the contents and origin of a bank. Thread: control.
#pragma once

#include <string>

namespace timbrel::host {

// Prints to standard output, as one JSON object or as text. With `verify`, compares all sound data with its checksum
// first. `file` is as for resolve_bank(). Throws BankError for a damaged bank, Error if there is none.
void print_bank_info(const std::string& file, bool json, bool verify);

} // namespace timbrel::host
