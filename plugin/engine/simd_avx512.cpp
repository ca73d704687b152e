#include "plugin/engine/simd_loops.h"

namespace timbrel {

extern const Simd simd_avx512;
const Simd simd_avx512{"AVX-512", SimdLoops<xsimd::avx512bw>::blend, SimdLoops<xsimd::avx512bw>::resample,
                       SimdLoops<xsimd::avx512bw>::mix};

} // namespace timbrel
