// SPDX-License-Identifier: GPL-3.0-or-later
// Plays a sample at another speed, as samplers do: forward, with a loop. Thread: the test's; pure.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace timbrel::test {

struct SampleLoop {
    double start = 0, end = 0; // frames; the end is exclusive; equal for none
};

// `ratio`: frames of the sample for each frame of the result.
inline std::vector<float> play_sample(std::span<const float> sample, SampleLoop loop, double ratio, size_t frames) {
    const auto at = [&](int64_t frame) -> double {
        const auto position = static_cast<double>(frame);
        if (loop.end > loop.start && position >= loop.end)
            frame = static_cast<int64_t>(loop.start + std::fmod(position - loop.start, loop.end - loop.start));
        return frame >= 0 && frame < static_cast<int64_t>(sample.size()) ? sample[static_cast<size_t>(frame)] : 0.0;
    };
    std::vector<float> out(frames);
    for (size_t i = 0; i < frames; ++i) {
        const double position = static_cast<double>(i) * ratio, whole = std::floor(position), part = position - whole;
        double sum = 0;
        for (int tap = -15; tap <= 16; ++tap) {
            const double t = (tap - part) * std::numbers::pi;
            const double window = 0.5 + 0.5 * std::cos(t / 16.5);
            sum += at(static_cast<int64_t>(whole) + tap) * (t == 0 ? 1 : std::sin(t) / t * window);
        }
        out[i] = static_cast<float>(sum);
    }
    return out;
}

} // namespace timbrel::test
