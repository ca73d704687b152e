// `timbrel info`: what is in a bank and where it came from.
#pragma once

#include <string>

namespace timbrel::host {

// Prints to standard output, as one JSON object or for people. With `verify` all sound data is compared with its
// checksum first. Throws BankError.
void print_bank_info(const std::string& file, bool json, bool verify);

} // namespace timbrel::host
