// SPDX-License-Identifier: GPL-3.0-or-later
// Little-endian encoding of unsigned integers, for states. Threads: any; pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace timbrel::lv2 {

template<class Number>
void append_little_endian(std::vector<uint8_t>& bytes, Number number) {
    for (size_t i = 0; i < sizeof number; ++i) bytes.push_back(static_cast<uint8_t>(number >> (8 * i)));
}

// Advances `position` past the number.
template<class Number>
Number read_little_endian(const uint8_t*& position) {
    Number number = 0;
    for (size_t i = 0; i < sizeof number; ++i) number = static_cast<Number>(number | Number{*position++} << (8 * i));
    return number;
}

} // namespace timbrel::lv2
