// SPDX-License-Identifier: GPL-3.0-or-later
// Exceptions that end a command. The text is one line: it names the file or object concerned and says what to do.
// Threads: control and worker.
#pragma once

#include <stdexcept>

namespace timbrel {

// The cause lies outside the program: exit status 1.
struct Error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The command line is wrong: exit status 2.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

} // namespace timbrel
