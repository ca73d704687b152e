// The low-pass of one voice: a state-variable filter of 12 dB per octave, out of the way while it is fully open.
// Real time.
#pragma once

#include "plugin/engine/simd.h"

#include <cstdint>

namespace timbrel {

// A number that moves evenly until the end of a tick.
struct Ramp {
    float value = 0.0f, step = 0.0f;

    void jump(float to) { value = to, step = 0.0f; }
    void aim(float end, uint32_t frames) { step = (end - value) / static_cast<float>(frames); }
    void advance(uint32_t frames) { value += step * static_cast<float>(frames); }
    void store(LaneRamp& ramp, uint32_t lane) const { // for both channels of a voice
        ramp.start[lane] = ramp.start[lane + 1] = value;
        ramp.step[lane] = ramp.step[lane + 1] = step;
    }
};

class LowPass {
  public:
    void start();
    // Heads for a cutoff, as log2 of hertz, within `frames`. `resonance`: 0–1.
    void aim(float octaves, float resonance, float rate, uint32_t frames);

    bool active() const { return wet_.value != 0.0f || wet_.step != 0.0f; }
    // Into the lanes, whose first row of sound the voice has written already.
    void load(LaneRun& run, uint32_t lane);
    void store(const LaneRun& run, uint32_t lane, uint32_t frames);

  private:
    Ramp wet_, damping_, drive_, keep_;
    float octaves_ = 0.0f, resonance_ = -1.0f; // for which the coefficients were computed
    float damping_end_ = 0.0f, drive_end_ = 0.0f, keep_end_ = 0.0f;
    bool enters_ = false;
    float s1_[2] = {}, s2_[2] = {};
};

} // namespace timbrel
