// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tensor/computation.h"

#include "models/tensor/threads.h"

#include <torch/torch.h>

#include <cstdlib>
#include <limits>
#include <malloc.h>

namespace timbrel::models {

void prepare_computation() {
    use_one_thread_per_operator();
    at::globalContext().setFlushDenormal(true);
    constexpr int largest_threshold = 32 << 20; // bytes, that malloc takes
    mallopt(M_MMAP_THRESHOLD, largest_threshold);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
    mallopt(M_ARENA_MAX, 1); // other arenas return memory at other limits
}

bool multiplies_bfloat16(torch::Device device) {
    if (!device.is_cpu()) return device.is_cuda();
#ifdef __x86_64__
    return !std::getenv("DNNL_MAX_CPU_ISA") && __builtin_cpu_supports("avx512bw");
#else
    return false;
#endif
}

} // namespace timbrel::models
