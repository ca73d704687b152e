// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/lv2/worker_thread.h"

#include <cerrno>
#include <ctime>

namespace timbrel::lv2 {

namespace {

constexpr time_t period_seconds = 1;

} // namespace

WorkerThread::WorkerThread(std::function<void()> work) : work_(std::move(work)) {
    sem_init(&wake_, 0, 0);
    thread_ = std::thread([this] { run(); });
}

WorkerThread::~WorkerThread() {
    stop_ = true;
    sem_post(&wake_);
    thread_.join();
    sem_destroy(&wake_);
}

void WorkerThread::wake() noexcept TIMBREL_REALTIME {
    requested_.fetch_add(1, std::memory_order_release);
    sem_post(&wake_);
}

void WorkerThread::wait() const {
    for (;;) {
        const uint32_t completed = completed_.load(std::memory_order_acquire);
        if (completed == requested_.load(std::memory_order_relaxed)) return;
        completed_.wait(completed, std::memory_order_acquire);
    }
}

void WorkerThread::run() {
    for (;;) {
        timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += period_seconds;
        while (sem_timedwait(&wake_, &until) != 0 && errno == EINTR) {
        }
        if (stop_) return;
        const uint32_t requested = requested_.load(std::memory_order_acquire);
        work_();
        completed_.store(requested, std::memory_order_release);
        completed_.notify_all();
    }
}

} // namespace timbrel::lv2
