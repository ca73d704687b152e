// SPDX-License-Identifier: GPL-3.0-or-later
// Bounds the output, whatever the voices add up to. Below its threshold it changes no bit and only compares; it has no
// latency. Thread: audio.
#pragma once

#include "common/realtime.h"

#include <cstdint>

namespace timbrel::engine {

class SafetyLimiter {
  public:
    static constexpr float threshold = 3.9810717f; // +12 dBFS

    // `rate`: frames per second.
    explicit SafetyLimiter(double rate);

    // Limits `frames` frames of both channels in place, with one gain for both. The gain falls on the very frame that
    // would exceed the threshold, so that the waveform stays continuous and no frame exceeds it, and then returns to
    // 1. Samples that are not finite become 0.
    void process(float* left, float* right, uint32_t frames) noexcept TIMBREL_REALTIME;

    // Forgets the past: the gain is 1.
    void reset() noexcept TIMBREL_REALTIME { reduction_ = 0.0; }

  private:
    void limit(float& left, float& right);

    double recovery_;        // factor of the reduction from frame to frame
    double reduction_ = 0.0; // 1 - gain, which stays exact near a gain of 1
};

} // namespace timbrel::engine
