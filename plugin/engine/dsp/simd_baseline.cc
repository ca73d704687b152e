// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/simd_loops.h"

namespace timbrel::engine {

using Loops = SimdLoops<xsimd::default_arch>;

extern const Simd simd_baseline;
const Simd simd_baseline{"baseline", Loops::width, Loops::blend, Loops::resample, Loops::mix_lanes};

} // namespace timbrel::engine
