// Makes denormal numbers count as zero for a scope and gives the host its setting back. Real time.
#pragma once

#include <cstdint>

#ifdef __x86_64__
#include <xmmintrin.h>
#endif

namespace timbrel::engine {

class FlushToZero {
  public:
#ifdef __x86_64__
    FlushToZero() : host_(_mm_getcsr()) { _mm_setcsr(host_ | 0x8040); } // flush to zero, denormals are zero
    ~FlushToZero() { _mm_setcsr(host_); }
#elif defined(__aarch64__)
    FlushToZero() {
        asm volatile("mrs %0, fpcr" : "=r"(host_));
        asm volatile("msr fpcr, %0" : : "r"(host_ | (uint64_t{1} << 24)));
    }
    ~FlushToZero() { asm volatile("msr fpcr, %0" : : "r"(host_)); }
#endif
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;

  private:
#ifdef __x86_64__
    uint32_t host_;
#elif defined(__aarch64__)
    uint64_t host_;
#endif
};

} // namespace timbrel::engine
