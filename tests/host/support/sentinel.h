// A thread that wakes four times a millisecond on one processor, before any other: while it is late, nobody on that
// processor worked. In a virtual machine a thread's processor clock may run on while the machine itself stands still.
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

class Sentinel {
  public:
    explicit Sentinel(int processor) : late_(most), thread_([this] { watch(); }) {
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(processor, &only);
        const sched_param priority{sched_get_priority_max(SCHED_FIFO) - 1};
        trusted_ = pthread_setaffinity_np(thread_.native_handle(), sizeof only, &only) == 0 &&
                   pthread_setschedparam(thread_.native_handle(), SCHED_FIFO, &priority) == 0;
    }
    ~Sentinel() { end(); }

    // Ends the watch; stolen() is to be asked only then.
    void end() {
        over_ = true;
        if (thread_.joinable()) thread_.join();
    }

    // Milliseconds of this stretch of the monotonic clock in which the processor stood still.
    double stolen(double from, double to) const {
        double sum = 0;
        auto at = std::lower_bound(late_.begin(), late_.begin() + static_cast<std::ptrdiff_t>(trusted_ ? count_ : 0),
                                   from, [](const Stretch& s, double time) { return s.to < time; });
        for (; trusted_ && at != late_.begin() + static_cast<std::ptrdiff_t>(count_) && at->from < to; ++at)
            sum += std::max(0., std::min(to, at->to) - std::max(from, at->from));
        return sum;
    }

  private:
    static constexpr double wake = .25, lateness = .1; // milliseconds: between two looks, and what is no delay yet
    static constexpr size_t most = 1 << 17;

    struct Stretch {
        double from = 0, to = 0;
    };

    void watch() {
        while (!over_) {
            const double due = milliseconds(CLOCK_MONOTONIC) + wake;
            timespec pause{0, long(wake * 1e6)};
            nanosleep(&pause, nullptr);
            const double now = milliseconds(CLOCK_MONOTONIC);
            if (now > due + lateness && count_ < most) late_[count_++] = {due, now};
        }
    }

    bool trusted_ = false;
    std::atomic<bool> over_{false};
    std::vector<Stretch> late_;
    size_t count_ = 0; // the thread's, until it has ended
    std::thread thread_;
};

} // namespace timbrel::test
