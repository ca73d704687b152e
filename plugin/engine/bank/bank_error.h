// Why a bank could not be opened or written: one line that names the file and says what to do.
#pragma once

#include <stdexcept>

namespace timbrel::engine {

struct BankError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace timbrel::engine
