// The inner loops of a voice, compiled for several instruction sets; the best that the processor has is chosen at run
// time. Real time throughout.
#pragma once

#include <cstdint>

namespace timbrel {

inline constexpr uint32_t simd_slack = 16; // floats that a loop may write, and frames that it may read, past its end

// A stretch of input frames during which the place on the plane stays within one square of four cells and moves evenly.
struct BlendRun {
    const int16_t* pcm[8]; // interleaved stereo; north-west, north-east, south-west, south-east of one or two layers
    float gain[8];
    uint32_t streams; // 4 or 8
    float u, u_step;  // place within the square at the first frame, 0 west to 1 east, and its change each frame
    float v, v_step;  // likewise, 0 north to 1 south
    uint32_t frames;
};

// Output frames at even distances in one buffer of input frames.
struct ResampleRun {
    const float* left; // input frame 0
    const float* right;
    const float* rows; // of a ResamplingKernel
    uint32_t taps;
    uint64_t position; // of the first tap of the first output frame, in input frames, 32 bits of fraction
    uint64_t step;     // input frames per output frame, 32 bits of fraction
    uint32_t frames;
};

// Sound to be added to others under a gain that moves evenly.
struct MixRun {
    const float* left;
    const float* right;
    float gain, gain_step; // at the first frame, and its change each frame
    uint32_t frames;
};

struct Simd {
    const char* name;
    void (*blend)(const BlendRun& run, float* left, float* right);
    void (*resample)(const ResampleRun& run, float* left, float* right);
    void (*mix)(const MixRun& run, float* left, float* right);
};

// Chosen at the first call; later calls are real time.
const Simd& simd();

// Those that this processor runs, the plainest first; for tests and benchmarks. Returns how many were written.
uint32_t available_simd(const Simd* (&all)[3]);

} // namespace timbrel
