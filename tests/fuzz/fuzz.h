// SPDX-License-Identifier: GPL-3.0-or-later
// What the fuzzers share. Thread: the test's.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <source_location>
#include <span>
#include <string>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

// The entry that libFuzzer and replay.cc call with the bytes of one input. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace timbrel::test {

// Aborts, which libFuzzer reports with the input.
inline void require(bool condition, std::source_location place = std::source_location::current()) {
    if (condition) return;
    std::fprintf(stderr, "%s:%u: requirement broken\n", place.file_name(), place.line());
    std::abort();
}

// Takes values from the front of an input; zeros after its end.
class Input {
  public:
    using Bytes = std::span<const uint8_t>;

    explicit Input(Bytes rest) : rest_(rest) {}

    bool empty() const { return rest_.empty(); }
    // Up to `most` bytes.
    Bytes bytes(size_t most) {
        const Bytes taken = rest_.first(std::min(most, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    Bytes rest() { return bytes(rest_.size()); }
    // A number in this machine's byte order.
    template<class Number = uint8_t>
    Number number() {
        Number value{};
        const Bytes raw = bytes(sizeof value);
        if (!raw.empty()) std::memcpy(&value, raw.data(), raw.size());
        return value;
    }
    std::string text(size_t most) {
        const Bytes raw = bytes(most);
        return {raw.begin(), raw.end()};
    }

  private:
    Bytes rest_;
};

// A file in memory with a path, for readers that open files by name.
class MemoryFile {
  public:
    MemoryFile() : file_(memfd_create("fuzz", MFD_CLOEXEC)) { require(file_ >= 0); }
    ~MemoryFile() { close(file_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    void assign(std::span<const uint8_t> bytes) {
        require(ftruncate(file_, 0) == 0);
        require(pwrite(file_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
    }
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

  private:
    int file_;
};

// Whether a text is one line without control characters.
inline bool is_one_line(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

} // namespace timbrel::test
