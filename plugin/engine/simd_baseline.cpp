#include "plugin/engine/simd_loops.h"

namespace timbrel {

extern const Simd simd_baseline;
const Simd simd_baseline = SimdLoops<xsimd::default_arch>::table("baseline");

} // namespace timbrel
