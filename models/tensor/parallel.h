// SPDX-License-Identifier: GPL-3.0-or-later
// Runs independent pieces of work on all cores.
// Thread: control; `work` runs on worker threads and on the caller's.
#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace timbrel::models {

// Calls work(0) … work(count − 1), each once, on as many threads as there are cores, and waits for all. After the first
// exception no further call starts; the exception is rethrown to the caller.
inline void parallel_for(size_t count, const std::function<void(size_t)>& work) {
    std::atomic<size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_mutex;
    const auto run = [&] {
        for (size_t i; (i = next++) < count;) {
            try {
                work(i);
            } catch (...) {
                const std::lock_guard lock(failure_mutex);
                if (!failure) failure = std::current_exception();
                next = count;
            }
        }
    };
    std::vector<std::jthread> threads;
    for (unsigned i = 1; i < std::max(1u, std::thread::hardware_concurrency()); ++i) threads.emplace_back(run);
    run();
    threads.clear();
    if (failure) std::rethrow_exception(failure);
}

} // namespace timbrel::models
