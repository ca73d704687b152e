// Failures that end a command. The text is one line that names the file or thing concerned and says what to do.
#pragma once

#include <stdexcept>

namespace timbrel {

// Something outside the program is at fault: exit status 1.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The command line is wrong: exit status 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace timbrel
