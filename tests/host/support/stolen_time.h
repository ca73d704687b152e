// SPDX-License-Identifier: GPL-3.0-or-later
// Measures time stolen from a processor: a thread of high real-time priority, bound to it, wakes four times per
// millisecond; while that thread is late, nothing ran on the processor. Needed because in a virtual machine a thread's
// CPU clock may run while the machine is stopped. Thread: the test's; starts one of its own.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include <pthread.h>
#include <sched.h>
#include <time.h>

namespace timbrel::test {

inline double milliseconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) * 1e-6;
}

class StolenTimeMeter {
  public:
    explicit StolenTimeMeter(int processor) : delays_(max_delays), thread_([this] { watch(); }) {
        cpu_set_t affinity;
        CPU_ZERO(&affinity);
        CPU_SET(processor, &affinity);
        const sched_param priority{sched_get_priority_max(SCHED_FIFO) - 1};
        active_ = pthread_setaffinity_np(thread_.native_handle(), sizeof affinity, &affinity) == 0 &&
                  pthread_setschedparam(thread_.native_handle(), SCHED_FIFO, &priority) == 0;
    }
    ~StolenTimeMeter() { stop(); }

    // Ends the measurement; stolen() is valid only after it.
    void stop() {
        stop_ = true;
        if (thread_.joinable()) thread_.join();
    }

    // Milliseconds of this interval of the monotonic clock in which the processor was stopped; 0 without the priority.
    double stolen(double from, double to) const {
        double sum = 0;
        auto at = std::lower_bound(delays_.begin(), delays_.begin() + static_cast<std::ptrdiff_t>(active_ ? count_ : 0),
                                   from, [](const Interval& s, double time) { return s.to < time; });
        for (; active_ && at != delays_.begin() + static_cast<std::ptrdiff_t>(count_) && at->from < to; ++at)
            sum += std::max(0., std::min(to, at->to) - std::max(from, at->from));
        return sum;
    }

  private:
    static constexpr double wake_interval = .25; // milliseconds
    static constexpr double tolerance = .1;      // milliseconds; longer delays are recorded
    static constexpr size_t max_delays = 1 << 17;

    struct Interval {
        double from = 0, to = 0;
    };

    void watch() {
        while (!stop_) {
            const double due = milliseconds(CLOCK_MONOTONIC) + wake_interval;
            timespec pause{0, long(wake_interval * 1e6)};
            nanosleep(&pause, nullptr);
            const double now = milliseconds(CLOCK_MONOTONIC);
            if (now > due + tolerance && count_ < max_delays) delays_[count_++] = {due, now};
        }
    }

    bool active_ = false; // has its processor and priority
    std::atomic<bool> stop_{false};
    std::vector<Interval> delays_;
    size_t count_ = 0; // written by the thread
    std::thread thread_;
};

} // namespace timbrel::test
