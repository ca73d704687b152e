#include "plugin/engine/simd_loops.h"

namespace timbrel {

extern const Simd simd_baseline;
const Simd simd_baseline{"baseline", SimdLoops<xsimd::default_arch>::blend, SimdLoops<xsimd::default_arch>::resample,
                         SimdLoops<xsimd::default_arch>::mix};

} // namespace timbrel
