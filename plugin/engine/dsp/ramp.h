// SPDX-License-Identifier: GPL-3.0-or-later
// A value that moves linearly. Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/dsp/simd.h"

#include <cstdint>

namespace timbrel::engine {

// A value that changes linearly until the end of a tick. Each value is computed from the start value, so that it does
// not depend on how a tick is split into blocks.
struct Ramp {
    float start = 0.0f;
    float step = 0.0f;   // per frame
    float frames = 0.0f; // advanced since `start`

    float value() const noexcept TIMBREL_REALTIME { return start + step * frames; }
    void snap(float to) noexcept TIMBREL_REALTIME { start = to, step = frames = 0.0f; }
    // Reaches `end` after `length` frames.
    void set_target(float end, uint32_t length) noexcept TIMBREL_REALTIME {
        start = value();
        step = (end - start) / static_cast<float>(length);
        frames = 0.0f;
    }
    void advance(uint32_t count) noexcept TIMBREL_REALTIME { frames += static_cast<float>(count); }
    // Writes both channels of the voice whose left channel is `lane`.
    void store(LaneRamp& ramp, uint32_t lane) const noexcept TIMBREL_REALTIME {
        ramp.start[lane] = ramp.start[lane + 1] = start;
        ramp.step[lane] = ramp.step[lane + 1] = step;
    }
};

} // namespace timbrel::engine
