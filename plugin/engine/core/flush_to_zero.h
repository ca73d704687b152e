// SPDX-License-Identifier: GPL-3.0-or-later
// Scope guard that treats denormal numbers as zero and restores the host's floating-point mode at its end; denormals
// would slow the filters down many times. Threads: any; affects only the calling thread.
#pragma once

#include "common/realtime.h"

#include <cstdint>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

namespace timbrel::engine {

class FlushToZero {
  public:
#ifdef __x86_64__
    FlushToZero() noexcept TIMBREL_REALTIME : host_mode_(_mm_getcsr()) {
        _mm_setcsr(host_mode_ | 0x8040);
    } // flush to zero, denormals are zero
    ~FlushToZero() { _mm_setcsr(host_mode_); }
#elif defined(__aarch64__)
    FlushToZero() noexcept TIMBREL_REALTIME {
        asm volatile("mrs %0, fpcr" : "=r"(host_mode_));
        asm volatile("msr fpcr, %0" : : "r"(host_mode_ | (uint64_t{1} << 24)));
    }
    ~FlushToZero() { asm volatile("msr fpcr, %0" : : "r"(host_mode_)); }
#endif
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;

  private:
#ifdef __x86_64__
    uint32_t host_mode_;
#elif defined(__aarch64__)
    uint64_t host_mode_;
#endif
};

} // namespace timbrel::engine
