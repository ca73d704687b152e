// SPDX-License-Identifier: GPL-3.0-or-later
// What the fuzzers share. Thread: the test's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <source_location>

// The entry that libFuzzer and replay.cc call with the bytes of one input. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace timbrel::test {

// Aborts, which libFuzzer reports with the input.
inline void require(bool condition, std::source_location place = std::source_location::current()) {
    if (condition) return;
    std::fprintf(stderr, "%s:%u: requirement broken\n", place.file_name(), place.line());
    std::abort();
}

} // namespace timbrel::test
