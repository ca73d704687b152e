// Which pitch each key plays. Plain data, for any thread.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace timbrel::engine {

struct Tuning {
    // In semitones on MIDI's scale: 69 is A4 at 440 Hz, fractions count. `silent` for a key that plays nothing.
    std::array<float, 128> pitch;

    static constexpr float silent = std::numeric_limits<float>::quiet_NaN();
    static bool sounds(float pitch) { return !std::isnan(pitch); }

    // Twelve equal steps to the octave, A4 at 440 Hz.
    static constexpr Tuning equal() {
        Tuning tuning{};
        for (size_t key = 0; key < tuning.pitch.size(); ++key) tuning.pitch[key] = static_cast<float>(key);
        return tuning;
    }
};

} // namespace timbrel::engine
