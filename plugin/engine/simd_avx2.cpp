#include "plugin/engine/simd_loops.h"

namespace timbrel {

extern const Simd simd_avx2;
const Simd simd_avx2{"AVX2", SimdLoops<xsimd::fma3<xsimd::avx2>>::blend, SimdLoops<xsimd::fma3<xsimd::avx2>>::resample,
                     SimdLoops<xsimd::fma3<xsimd::avx2>>::mix};

} // namespace timbrel
