#include "plugin/engine/simd_loops.h"

namespace timbrel {

extern const Simd simd_avx512;
const Simd simd_avx512 = SimdLoops<xsimd::avx512bw>::table("AVX-512");

} // namespace timbrel
