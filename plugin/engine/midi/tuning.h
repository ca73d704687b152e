// SPDX-License-Identifier: GPL-3.0-or-later
// The pitch of every key. Threads: any; plain data.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace timbrel::engine {

struct Tuning {
    // MIDI note numbers with fractions: 69 is A4 at 440 Hz. `silent` for a key without a note.
    std::array<float, 128> pitch;

    static constexpr float silent = std::numeric_limits<float>::quiet_NaN();
    static bool sounds(float pitch) { return !std::isnan(pitch); }

    // Twelve-tone equal temperament, A4 at 440 Hz.
    static constexpr Tuning equal() {
        Tuning tuning{};
        for (size_t key = 0; key < tuning.pitch.size(); ++key) tuning.pitch[key] = static_cast<float>(key);
        return tuning;
    }
};

} // namespace timbrel::engine
