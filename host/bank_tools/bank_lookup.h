// Which bank file the user means.
#pragma once

#include <string>

namespace timbrel::host {

// `name` is a file, or a bank's name with or without .timbrel in the bank folders; empty means the first bank there is.
// Returns an absolute path of a bank that opens. Throws Error, saying what to do, when there is none.
std::string choose_bank(const std::string& name);

} // namespace timbrel::host
