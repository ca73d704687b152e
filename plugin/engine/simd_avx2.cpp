#include "plugin/engine/simd_loops.h"

namespace timbrel {

extern const Simd simd_avx2;
const Simd simd_avx2 = SimdLoops<xsimd::fma3<xsimd::avx2>>::table("AVX2");

} // namespace timbrel
