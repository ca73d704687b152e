// SPDX-License-Identifier: GPL-3.0-or-later
// Random numbers that are the same on every machine: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). Threads: any; one
// thread at a time per object.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace timbrel::audio {

class Random {
  public:
    explicit Random(uint64_t seed) : state_(seed) {}

    uint64_t bits() {
        state_ += 0x9e3779b97f4a7c15u;
        uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    double unit() { return static_cast<double>(bits() >> 11) * 0x1p-53; } // 0 to 1, without 1
    double uniform(double low, double high) { return low + (high - low) * unit(); }
    double log_uniform(double low, double high) {
        return low * std::pow(high / low, unit());
    } // uniform in its logarithm
    size_t index(size_t count) { return static_cast<size_t>(unit() * static_cast<double>(count)); }
    bool chance(double probability) { return unit() < probability; }

  private:
    uint64_t state_;
};

// A value between two ends: on a linear or a logarithmic scale.
inline double linear_between(double a, double b, double setting) { return a + (b - a) * setting; }
inline double geometric_between(double a, double b, double setting) { return a * std::pow(b / a, setting); }

} // namespace timbrel::audio
