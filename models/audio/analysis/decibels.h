// SPDX-License-Identifier: GPL-3.0-or-later
// Levels in dB of many powers at once. Loops over this function vectorise; loops over the C library's log10 do not.
// Threads: any; pure.
#pragma once

#include <bit>
#include <cstdint>

namespace timbrel::audio {

// 10 log10 of a positive, normal power, to 2e-5 dB. Approximates log2 of the mantissa in [√½, √2) by four terms of the
// series 2 artanh(z) / ln 2 with z = (m - 1) / (m + 1).
inline float decibels(float power) {
    const uint32_t bits = std::bit_cast<uint32_t>(power);
    const uint32_t shifted = bits - 0x3f3504f3u; // √½
    const float exponent = static_cast<float>(static_cast<int32_t>(shifted) >> 23);
    const float mantissa = std::bit_cast<float>((shifted & 0x007fffffu) + 0x3f3504f3u);
    const float z = (mantissa - 1) / (mantissa + 1), z2 = z * z;
    const float log2 = z * (2.885390082f + z2 * (0.961796694f + z2 * (0.577078016f + z2 * 0.412198583f)));
    return 3.010299957f * (exponent + log2);
}

} // namespace timbrel::audio
