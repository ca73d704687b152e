// Preloaded into a JACK client: watches what its process callback does, and writes it to the file CALLBACK_WATCH when
// the program ends. A period is late by the callback's own doing when the thread worked longer than the period lasts,
// or waited in it; what the machine did meanwhile is not counted. In a virtual machine the processor's clock runs on
// while the machine itself stands still, so every processor has a sentinel that wakes four times a millisecond before
// any other thread: while it is late, nobody on that processor worked.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include <dlfcn.h>
#include <jack/jack.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

namespace {

double milliseconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) * 1e-6;
}

struct Stretch {
    double from = 0, to = 0, work = 0; // milliseconds
    int first = 0, last = 0;           // processors on which it began and ended
};

// As many as fit; written by one thread, read when the program ends.
struct Stretches {
    std::vector<Stretch> all = std::vector<Stretch>(1 << 19);
    std::atomic<size_t> count{0};
    void add(const Stretch& s) {
        if (count < all.size()) all[count] = s, ++count;
    }
};

constexpr double wake = .25, lateness = .1; // milliseconds: between two looks, and what is no delay yet

class Sentinel {
  public:
    explicit Sentinel(int processor) : processor_(processor), thread_([this] { watch(); }) {
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(processor, &only);
        const sched_param priority{sched_get_priority_max(SCHED_FIFO) - 1};
        trusted_ = pthread_setaffinity_np(thread_.native_handle(), sizeof only, &only) == 0 &&
                   pthread_setschedparam(thread_.native_handle(), SCHED_FIFO, &priority) == 0;
    }
    ~Sentinel() {
        over_ = true;
        thread_.join();
    }

    // Of the callback's time, what this processor stood still.
    double stolen(const Stretch& callback) const {
        double sum = 0;
        const bool here = callback.first == processor_ || callback.last == processor_;
        for (size_t i = 0; trusted_ && here && i < late_.count; ++i)
            sum += std::max(0., std::min(callback.to, late_.all[i].to) - std::max(callback.from, late_.all[i].from));
        return sum;
    }

  private:
    void watch() {
        while (!over_) {
            const double due = milliseconds(CLOCK_MONOTONIC) + wake;
            timespec pause{0, long(wake * 1e6)};
            nanosleep(&pause, nullptr);
            const double now = milliseconds(CLOCK_MONOTONIC);
            if (now > due + lateness) late_.add({due, now, 0, processor_, processor_});
        }
    }

    int processor_;
    bool trusted_ = false;
    std::atomic<bool> over_{false};
    Stretches late_;
    std::thread thread_;
};

struct Watch {
    JackProcessCallback callback = nullptr;
    double rate = 48000, period = 0; // frames a second; milliseconds
    long periods = 0, late = 0, waits = 0, minor_faults = 0, major_faults = 0;
    double work = 0, longest = 0; // milliseconds of processor time; the longest of the periods in time
    Stretches slow;
    std::vector<std::unique_ptr<Sentinel>> sentinels;

    ~Watch() {
        const char* const path = std::getenv("CALLBACK_WATCH");
        FILE* const file = path && periods > 0 ? std::fopen(path, "w") : nullptr;
        if (!file) return;
        long own = 0, stopped = 0;
        double most_stolen = 0;
        for (size_t i = 0; i < slow.count; ++i) {
            double stolen = 0;
            for (const auto& s : sentinels) stolen = std::max(stolen, s->stolen(slow.all[i]));
            const double left = slow.all[i].work - stolen;
            most_stolen = std::max(most_stolen, stolen);
            longest = std::max(longest, left);
            ++(left > period ? own : stopped);
        }
        std::fprintf(file,
                     "%ld periods, %.3f ms of work in each, %.3f at most; %ld took longer than the period, %ld of them "
                     "by own work; %ld waits, %ld major and %ld minor page faults; the machine stood still in %ld "
                     "periods more, for up to %.1f ms\n",
                     periods, work / double(periods), longest, late, own, waits, major_faults, minor_faults, stopped,
                     most_stolen);
        for (size_t i = 0; i < slow.count; ++i)
            std::fprintf(file, "  at %.1f ms on processor %d to %d: %.3f ms, %.3f of processor time\n",
                         slow.all[i].from, slow.all[i].first, slow.all[i].last, slow.all[i].to - slow.all[i].from,
                         slow.all[i].work);
        std::fclose(file);
    }
};
Watch watch;

int watched(jack_nframes_t frames, void* data) {
    rusage before{}, after{};
    getrusage(RUSAGE_THREAD, &before);
    const int processor = sched_getcpu();
    const double began = milliseconds(CLOCK_MONOTONIC), worked = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    const int result = watch.callback(frames, data);
    const double work = milliseconds(CLOCK_THREAD_CPUTIME_ID) - worked, ended = milliseconds(CLOCK_MONOTONIC);
    getrusage(RUSAGE_THREAD, &after);
    watch.period = frames * 1e3 / watch.rate;
    ++watch.periods;
    watch.late += ended - began > watch.period;
    watch.work += work;
    if (work > watch.period)
        watch.slow.add({began, ended, work, processor, sched_getcpu()});
    else
        watch.longest = std::max(watch.longest, work);
    watch.waits += after.ru_nvcsw - before.ru_nvcsw;
    watch.minor_faults += after.ru_minflt - before.ru_minflt;
    watch.major_faults += after.ru_majflt - before.ru_majflt;
    return result;
}

} // namespace

extern "C" int jack_set_process_callback(jack_client_t* client, JackProcessCallback callback, void* data) {
    using Set = int (*)(jack_client_t*, JackProcessCallback, void*);
    watch.callback = callback;
    watch.rate = jack_get_sample_rate(client);
    for (unsigned i = 0; watch.sentinels.size() < std::thread::hardware_concurrency(); ++i)
        watch.sentinels.push_back(std::make_unique<Sentinel>(int(i)));
    return reinterpret_cast<Set>(dlsym(RTLD_NEXT, "jack_set_process_callback"))(client, watched, data);
}
