// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/simd_loops.h"

namespace timbrel::engine {

using Loops = SimdLoops<xsimd::fma3<xsimd::avx2>>;

void resample_avx2(const ResampleRun& run, float* out) { Loops::resample(run, out); }

extern const Simd simd_avx2;
const Simd simd_avx2{"AVX2", Loops::width, Loops::blend, Loops::resample, Loops::mix_lanes};

} // namespace timbrel::engine
