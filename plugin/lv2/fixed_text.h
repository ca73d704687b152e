// SPDX-License-Identifier: GPL-3.0-or-later
// A string of bounded length without allocation, for messages that the audio thread reads or writes.
// Threads: any; one at a time.
#pragma once

#include "common/realtime.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace timbrel::lv2 {

template<size_t size> // bytes with the NUL
struct FixedText {
    std::array<char, size> bytes{}; // NUL-terminated

    const char* c_str() const noexcept TIMBREL_REALTIME { return bytes.data(); }
    // Truncates text that is too long.
    void set(std::string_view text) noexcept TIMBREL_REALTIME {
        const size_t length = std::min(text.size(), size - 1);
        std::memcpy(bytes.data(), text.data(), length);
        bytes[length] = 0;
    }
};

} // namespace timbrel::lv2
