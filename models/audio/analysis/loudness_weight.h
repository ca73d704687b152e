// How much a frequency counts for loudness, and a power.
#pragma once

#include <cmath>

namespace timbrel::audio {

// A band's power, raised to this, is its loudness (Stevens 1957).
inline constexpr double stevens = .3;

// Gain in power by the weighting of ITU-R BS.1770: a shelf of 4 dB from 1.7 kHz and a high-pass at 38 Hz.
inline double loudness_weight(double hertz) {
    const double shelf = 1 + 1.51 * std::pow(hertz / 1682, 2) / (1 + std::pow(hertz / 1682, 2));
    const double high = std::pow(hertz / 38, 4) / std::pow(1 + std::pow(hertz / 38, 2), 2);
    return shelf * high;
}

} // namespace timbrel::audio
