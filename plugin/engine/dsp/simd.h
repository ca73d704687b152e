// The inner loops of the voices, compiled for several instruction sets; the best that the processor has is chosen at
// run time. Real time throughout.
#pragma once

#include "plugin/engine/core/engine_limits.h"

#include <cstdint>

namespace timbrel::engine {

inline constexpr uint32_t simd_slack = 16; // floats that a loop may write, and frames that it may read, past its end
inline constexpr uint32_t most_lanes = 16; // of the widest instruction set

// A stretch of input frames during which the place on the plane stays within one square of four cells and moves evenly.
struct BlendRun {
    // Of north-west, north-east, south-west and south-east, for one or two layers.
    const int16_t* const* pcm; // interleaved stereo
    const float* gain;
    uint32_t first;   // frame of each of them
    uint32_t streams; // 4 or 8
    float u, u_step;  // place within the square at the first frame, 0 west to 1 east, and its change each frame
    float v, v_step;  // likewise, 0 north to 1 south
    uint32_t frames;
};

inline constexpr uint32_t resample_group = 4; // a resampling run is rounded up to so many output frames
static_assert(tick_frames % resample_group == 0);

// Output frames at even distances in one buffer of input frames.
struct ResampleRun {
    const float* left; // input frame 0
    const float* right;
    const float* rows; // of a ResamplingKernel
    uint32_t taps;
    uint64_t position; // of the first tap of the first output frame, in input frames, 32 bits of fraction
    uint64_t step;     // input frames per output frame, 32 bits of fraction
    uint32_t frames;
    uint32_t stride; // floats from one frame to the next in the output
};

// A number for each lane that moves evenly: its value at the beginning of a tick and its change each frame.
struct LaneRamp {
    alignas(64) float start[most_lanes];
    alignas(64) float step[most_lanes];
};

// Voices side by side: voice i's left channel is lane 2 i, its right channel lane 2 i + 1. Sound and sum hold one row
// of `lanes` floats for each frame. The low-pass is a state-variable filter whose two states go
//   s1' = damping s1 - drive s2 + drive in,   s2' = drive s1 + keep s2 + (1 - keep) in,   out = (s2 + s2') / 2.
struct LaneRun {
    alignas(64) float sound[(tick_frames + resample_group) * most_lanes];
    alignas(64) float sum[tick_frames * most_lanes]; // sound is added here, under `gain`
    alignas(64) float done[most_lanes];              // frames of the tick before this run
    LaneRamp gain;
    bool filtered; // any lane; if not, what follows is not read
    LaneRamp wet;  // share of the filtered sound, 0–1
    LaneRamp damping, drive, keep;
    alignas(64) float s1[most_lanes], s2[most_lanes]; // states, brought up to date
};

struct Simd {
    const char* name;
    uint32_t lanes;
    // Writes whole registers: up to simd_slack floats beyond the run.
    void (*blend)(const BlendRun& run, float* left, float* right);
    // Writes frame n's channels to out[n * stride] and out[n * stride + 1].
    void (*resample)(const ResampleRun& run, float* out);
    // Filters `sound` and adds it to `sum`.
    void (*add)(LaneRun& run, uint32_t frames);
};

// Chosen at the first call; later calls are real time.
const Simd& simd();

// Those that this processor runs, the plainest first; for tests and benchmarks. Returns how many were written.
uint32_t available_simd(const Simd* (&all)[3]);

} // namespace timbrel::engine
