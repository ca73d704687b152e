#include "plugin/lv2/worker_thread.h"

#include <cerrno>
#include <ctime>

namespace timbrel::lv2 {

namespace {

constexpr time_t idle_seconds = 2;

} // namespace

WorkThread::WorkThread(std::function<void()> work) : work_(std::move(work)) {
    sem_init(&wake_, 0, 0);
    thread_ = std::thread([this] { run(); });
}

WorkThread::~WorkThread() {
    stop_ = true;
    sem_post(&wake_);
    thread_.join();
    sem_destroy(&wake_);
}

void WorkThread::wake() {
    asked_.fetch_add(1, std::memory_order_release);
    sem_post(&wake_);
}

void WorkThread::wait() const {
    for (;;) {
        const uint32_t answered = answered_.load(std::memory_order_acquire);
        if (answered == asked_.load(std::memory_order_relaxed)) return;
        answered_.wait(answered, std::memory_order_acquire);
    }
}

void WorkThread::run() {
    for (;;) {
        timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += idle_seconds;
        while (sem_timedwait(&wake_, &until) != 0 && errno == EINTR) {
        }
        if (stop_) return;
        const uint32_t asked = asked_.load(std::memory_order_acquire);
        work_();
        answered_.store(asked, std::memory_order_release);
        answered_.notify_all();
    }
}

} // namespace timbrel::lv2
