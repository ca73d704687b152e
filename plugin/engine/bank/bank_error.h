// SPDX-License-Identifier: GPL-3.0-or-later
// Why a bank could not be opened or written. what() is one line with the file's path, the reason and, where there is
// one, the remedy. Threads: control, worker.
#pragma once

#include <stdexcept>

namespace timbrel::engine {

struct BankError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace timbrel::engine
