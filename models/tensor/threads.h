// SPDX-License-Identifier: GPL-3.0-or-later
// libTorch's use of threads.
#pragma once

namespace timbrel::models {

// Makes every libTorch operator run on one thread. The programs process several notes in parallel instead: this scales
// better, and the arithmetic of a note, and so its bytes, does not depend on the number of cores.
// Thread: control; call before other libTorch work starts.
void use_one_thread_per_operator();

// Makes every libTorch operator run on `threads` threads, for training, whose steps follow each other.
// Thread: control; between steps of libTorch work.
void use_threads_per_operator(int threads);

} // namespace timbrel::models
