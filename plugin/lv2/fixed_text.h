// Text of bounded length in memory of its own, for messages that the audio thread writes or reads.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace timbrel::lv2 {

template<size_t size>
struct FixedText {
    std::array<char, size> bytes{}; // ends in NUL

    const char* c_str() const { return bytes.data(); }
    // Cuts off what does not fit.
    void set(std::string_view text) {
        const size_t length = std::min(text.size(), size - 1);
        std::memcpy(bytes.data(), text.data(), length);
        bytes[length] = 0;
    }
};

} // namespace timbrel::lv2
