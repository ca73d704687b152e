// The low-pass of one voice: a state-variable filter of 12 dB per octave, out of the way while it is fully open.
// Real time.
#pragma once

#include "plugin/engine/dsp/simd.h"

#include <cstdint>

namespace timbrel::engine {

// A number that moves evenly until the end of a tick. Each value is computed from the start anew, so that it does not
// depend on how the tick is divided into blocks.
struct Ramp {
    float start = 0.0f, step = 0.0f, done = 0.0f; // done: frames

    float value() const { return start + step * done; }
    void jump(float to) { start = to, step = done = 0.0f; }
    void aim(float end, uint32_t frames) {
        start = value();
        step = (end - start) / static_cast<float>(frames);
        done = 0.0f;
    }
    void advance(uint32_t frames) { done += static_cast<float>(frames); }
    void store(LaneRamp& ramp, uint32_t lane) const { // for both channels of a voice
        ramp.start[lane] = ramp.start[lane + 1] = start;
        ramp.step[lane] = ramp.step[lane + 1] = step;
    }
};

class LowPass {
  public:
    // The cutoff, as log2 of hertz, from which on the filter is left out.
    static float open_octaves(float rate);

    void start();
    // Heads for a cutoff, as log2 of hertz, within `frames`. `open_from`: open_octaves() of that rate; `resonance`:
    // 0–1.
    void aim(float octaves, float open_from, float resonance, float rate, uint32_t frames);

    bool active() const { return wet_.start != 0.0f || wet_.step != 0.0f; }
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

} // namespace timbrel::engine
