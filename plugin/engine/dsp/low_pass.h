// SPDX-License-Identifier: GPL-3.0-or-later
// The low-pass filter of one voice: a state-variable filter (12 dB per octave), bypassed while it is fully open.
// Thread: audio.
#pragma once

#include "common/realtime.h"
#include "plugin/engine/dsp/ramp.h"
#include "plugin/engine/dsp/simd.h"

#include <cstdint>

namespace timbrel::engine {

class LowPass {
  public:
    // The cutoff, as log2 of hertz, from which on the filter is bypassed. `rate`: frames per second.
    static float bypass_octaves(float rate) noexcept TIMBREL_REALTIME;

    void start() noexcept TIMBREL_REALTIME;

    // Moves to a cutoff (log2 of hertz) and resonance (0–1) within `frames`. `bypass_from`: bypass_octaves(rate).
    void set_target(float octaves, float bypass_from, float resonance, float rate,
                    uint32_t frames) noexcept TIMBREL_REALTIME;

    bool active() const noexcept TIMBREL_REALTIME { return wet_.start != 0.0f || wet_.step != 0.0f; }

    // Copies coefficients and state into the voice's lanes, in which the voice has already written its samples.
    void load(LaneRun& run, uint32_t lane) noexcept TIMBREL_REALTIME;
    // Takes the state back after `frames` were filtered.
    void store(const LaneRun& run, uint32_t lane, uint32_t frames) noexcept TIMBREL_REALTIME;

  private:
    Ramp wet_, damping_, drive_, keep_;        // see LaneRun
    float octaves_ = 0.0f, resonance_ = -1.0f; // of the coefficients below
    float damping_end_ = 0.0f, drive_end_ = 0.0f, keep_end_ = 0.0f;
    bool starting_ = false;
    float s1_[2] = {}, s2_[2] = {}; // left, right
};

} // namespace timbrel::engine
