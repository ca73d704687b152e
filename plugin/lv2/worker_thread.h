// SPDX-License-Identifier: GPL-3.0-or-later
// A thread for work that would block the audio thread or the host's threads. Runs when the audio thread wakes it, and
// every second.
#pragma once

#include "common/realtime.h"

#include <atomic>
#include <functional>
#include <semaphore.h>
#include <thread>

namespace timbrel::lv2 {

class WorkerThread {
  public:
    // Control. Runs `work` on the new thread from now on.
    explicit WorkerThread(std::function<void()> work);
    ~WorkerThread(); // control; joins
    WorkerThread(const WorkerThread&) = delete;
    WorkerThread& operator=(const WorkerThread&) = delete;

    // Audio. Makes the thread run `work` after this call.
    void wake() noexcept TIMBREL_REALTIME;

    // Audio, only while freewheeling: blocks until the runs requested by wake() are done.
    void wait() const;

  private:
    void run();

    const std::function<void()> work_;
    std::atomic<uint32_t> requested_{0};
    std::atomic<uint32_t> completed_{0};
    std::atomic<bool> stop_{false};
    sem_t wake_;
    std::thread thread_;
};

} // namespace timbrel::lv2
