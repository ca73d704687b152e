// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/simd.h"

namespace timbrel::engine {

extern const Simd simd_baseline;
#ifdef __x86_64__
extern const Simd simd_avx2, simd_avx512;
#endif

uint32_t available_simd(const Simd* (&all)[3]) {
    uint32_t count = 0;
    all[count++] = &simd_baseline;
#ifdef __x86_64__
    // Unlike xsimd's check, the compiler's also asks whether the operating system saves the wide registers.
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) all[count++] = &simd_avx2;
    if (__builtin_cpu_supports("avx512f")) all[count++] = &simd_avx512;
#endif
    return count;
}

const Simd& simd() {
    static const Simd& best = []() -> const Simd& {
        const Simd* all[3];
        return *all[available_simd(all) - 1];
    }();
    return best;
}

} // namespace timbrel::engine
