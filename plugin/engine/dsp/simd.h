// SPDX-License-Identifier: GPL-3.0-or-later
// The inner loops of the voices, compiled for several instruction sets. The widest one that the processor supports is
// chosen at run time. Thread: audio, except where a function says otherwise.
#pragma once

#include "plugin/engine/core/engine_limits.h"

#include <cstdint>

namespace timbrel::engine {

inline constexpr uint32_t simd_padding =
    16;                                   // a loop may write this many floats, and read this many frames, past its end
inline constexpr uint32_t max_lanes = 16; // lanes of the widest instruction set

// Consecutive input frames during which the position stays within one square of four cells and moves linearly.
struct BlendRun {
    // One stream per cell, in the order north-west, north-east, south-west, south-east; for one or two velocity layers.
    const int16_t* const* pcm; // interleaved stereo
    const float* gain;
    uint32_t first;   // first frame, in every stream
    uint32_t streams; // 4 or 8
    float u, u_step;  // position in the square at the first frame, 0 west to 1 east, and its change per frame
    float v, v_step;  // the same from 0 north to 1 south
    uint32_t frames;
};

inline constexpr uint32_t resample_group = 4; // output frames are computed in groups of this size, rounded up
static_assert(tick_frames % resample_group == 0);

// Evenly spaced output frames from one buffer of input frames.
struct ResampleRun {
    const float* left; // input frame 0
    const float* right;
    const float* rows; // of a ResamplingKernel
    uint32_t taps;
    uint64_t position; // first tap of the first output frame, in input frames, 32.32 fixed point
    uint64_t step;     // input frames per output frame, 32.32 fixed point
    uint32_t frames;
    uint32_t stride; // floats from one output frame to the next
};

// A linear ramp per lane: the value at the beginning of a tick and its change per frame.
struct LaneRamp {
    alignas(64) float start[max_lanes];
    alignas(64) float step[max_lanes];
};

// Voices side by side: the channels of voice i are the lanes 2 i (left) and 2 i + 1 (right). `sound` and `sum` hold one
// row of `lanes` floats per frame. The low-pass is a state-variable filter with states s1 and s2:
//   s1' = damping s1 - drive s2 + drive in,   s2' = drive s1 + keep s2 + (1 - keep) in,   out = (s2 + s2') / 2.
struct LaneRun {
    alignas(64) float sound[(tick_frames + resample_group) * max_lanes];
    alignas(64) float sum[tick_frames * max_lanes]; // receives sound * gain
    alignas(64) float elapsed[max_lanes];           // frames of the tick before this run
    LaneRamp gain;
    bool filtered; // any lane; if false, the members below are not read
    LaneRamp wet;  // weight of the filtered sound, 0–1
    LaneRamp damping, drive, keep;
    alignas(64) float s1[max_lanes], s2[max_lanes]; // updated
};

struct Simd {
    const char* name;
    uint32_t lanes;
    // Blends the streams bilinearly. Writes whole registers: up to simd_padding floats past the run.
    void (*blend)(const BlendRun& run, float* left, float* right);
    // Writes frame n to out[n * stride] (left) and out[n * stride + 1] (right).
    void (*resample)(const ResampleRun& run, float* out);
    // Filters `sound`, bounds it to ±max_voice_amplitude and adds it to `sum`.
    void (*mix_lanes)(LaneRun& run, uint32_t frames);
};

// The widest instruction set available. Thread: control for the first call in a process; any afterwards.
const Simd& simd();

// All instruction sets available, the narrowest first; for tests and benchmarks. Returns how many were written.
// Thread: control.
uint32_t available_simd(const Simd* (&all)[3]);

} // namespace timbrel::engine
