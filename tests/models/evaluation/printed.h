// SPDX-License-Identifier: GPL-3.0-or-later
// What a function writes to standard output. Thread: the test's; no other one may print meanwhile.
#pragma once

#include <cstdio>
#include <functional>
#include <string>

#include <unistd.h>

namespace timbrel::test {

inline std::string printed(const std::function<void()>& print) {
    const auto file = std::tmpfile();
    std::fflush(stdout);
    const int saved = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    print();
    std::fflush(stdout);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    std::rewind(file);
    std::string text;
    for (int c; (c = std::fgetc(file)) != EOF;) text += char(c);
    std::fclose(file);
    return text;
}

} // namespace timbrel::test
