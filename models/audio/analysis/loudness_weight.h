// SPDX-License-Identifier: GPL-3.0-or-later
// Frequency weighting and power law of loudness. Threads: any; pure.
#pragma once

#include <cmath>

namespace timbrel::audio {

// Loudness of a band = its power raised to this (Stevens, "On the psychophysical law", 1957).
inline constexpr double loudness_exponent = .3;

// Power gain of an approximation of the K-weighting of ITU-R BS.1770: a 4 dB shelf from 1.7 kHz, a high-pass at 38 Hz.
inline double loudness_weight(double hertz) {
    const double shelf = 1 + 1.51 * std::pow(hertz / 1682, 2) / (1 + std::pow(hertz / 1682, 2));
    const double high = std::pow(hertz / 38, 4) / std::pow(1 + std::pow(hertz / 38, 2), 2);
    return shelf * high;
}

} // namespace timbrel::audio
