// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/tensor/tensors.h"

#include "models/tensor/threads.h"

#include <dlfcn.h>

#include <stdexcept>

namespace timbrel::models {

torch::Device choose_device(const std::string& name) {
    if (name == "cpu" || name == "auto") return torch::kCPU;
    if (name != "cuda") throw std::runtime_error("--device " + name + ": choose auto, cpu or cuda");
    if (!torch::cuda::is_available())
        throw std::runtime_error("--device cuda: this libTorch finds no CUDA device; use --device cpu");
    return torch::kCUDA;
}

void use_one_thread_per_operator() { use_threads_per_operator(1); }

void use_threads_per_operator(int threads) {
    at::set_num_threads(threads);
    // OpenBLAS has its own thread pool, which libTorch does not set; other BLAS libraries lack the symbol.
    using Setter = void (*)(int);
    if (auto set = reinterpret_cast<Setter>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) set(threads);
}

} // namespace timbrel::models
