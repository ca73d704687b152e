#include "plugin/engine/dsp/simd_loops.h"

namespace timbrel::engine {

using Loops = SimdLoops<xsimd::avx512bw>;

// A kernel's loads straddle cache lines more often the wider they are, so resampling gains nothing beyond AVX2.
void resample_avx2(const ResampleRun& run, float* out);

extern const Simd simd_avx512;
const Simd simd_avx512{"AVX-512", Loops::width, Loops::blend, resample_avx2, Loops::add};

} // namespace timbrel::engine
