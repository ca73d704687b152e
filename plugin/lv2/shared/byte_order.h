// Numbers as little-endian bytes, for states.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace timbrel::lv2 {

template<class Number>
void put(std::vector<uint8_t>& bytes, Number number) {
    for (size_t i = 0; i < sizeof number; ++i) bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

// Moves `at` behind the number.
template<class Number>
Number take(const uint8_t*& at) {
    Number number = 0;
    for (size_t i = 0; i < sizeof number; ++i) number = static_cast<Number>(number | Number{*at++} << (8 * i));
    return number;
}

} // namespace timbrel::lv2
