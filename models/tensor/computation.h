// SPDX-License-Identifier: GPL-3.0-or-later
// Settings of a process that computes with libTorch.
#pragma once

#include <torch/types.h>

namespace timbrel::models {

// One thread per operator (threads.h). Numbers too small for full precision count as 0 in this thread and in those that
// it starts, because products with them are ten times as slow. Freed memory stays with the process, because the kernel
// clears each page that it gives out again, a fifth of a bake's time.
// Thread: control; call before other libTorch work and other threads start.
void prepare_computation();

// Whether matrix products in bfloat16 are possible and fast there: on CUDA, and with AVX-512 unless instruction_set.cc
// has ruled it out. Threads: any; pure.
bool multiplies_bfloat16(torch::Device device);

} // namespace timbrel::models
