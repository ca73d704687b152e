// SPDX-License-Identifier: GPL-3.0-or-later
// Pseudo-random values that depend on a number only, so that renderings are repeatable. Threads: any; pure.
#pragma once

#include "common/realtime.h"

#include <cstdint>

namespace timbrel::engine {

// The number's hash (SplitMix64: Steele, Lea and Flood, OOPSLA 2014), scaled to -1 to 1.
inline float hashed_noise(uint64_t number) noexcept TIMBREL_REALTIME {
    uint64_t bits = (number + 1) * 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    return static_cast<float>(static_cast<int64_t>(bits ^ bits >> 31)) * 0x1p-63f;
}

} // namespace timbrel::engine
