// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/simd_loops.h"

namespace timbrel::engine {

using Loops = SimdLoops<xsimd::avx512bw>;

// Resampling is no faster with AVX-512 than with AVX2: wider loads of a kernel straddle more cache lines.
void resample_avx2(const ResampleRun& run, float* out);

extern const Simd simd_avx512;
const Simd simd_avx512{"AVX-512", Loops::width, Loops::blend, resample_avx2, Loops::mix_lanes};

} // namespace timbrel::engine
