// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into a JACK client: measures its process callback in each period and writes a WatchedPeriod for each to the
// file $CALLBACK_WATCH when the program ends.
#include "tests/host/support/stolen_time.h"
#include "tests/host/support/watched_period.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include <dlfcn.h>
#include <jack/jack.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace timbrel::test;

namespace {

struct Watch {
    jack_client_t* client = nullptr;
    JackProcessCallback callback = nullptr;
    std::vector<WatchedPeriod> periods = std::vector<WatchedPeriod>(max_watched_periods);
    size_t count = 0;
    std::vector<std::unique_ptr<StolenTimeMeter>> meters; // by processor number

    ~Watch() {
        const char* const path = std::getenv("CALLBACK_WATCH");
        FILE* const file = path && count > 0 ? std::fopen(path, "w") : nullptr;
        if (!file) return;
        for (const auto& meter : meters) meter->stop();
        periods.resize(count);
        for (WatchedPeriod& period : periods)
            for (const auto processor : {period.first, period.last})
                period.stolen =
                    std::max(period.stolen,
                             float(meters[processor]->stolen(period.began, period.began + double(period.elapsed))));
        std::fwrite(periods.data(), sizeof periods[0], count, file);
        std::fclose(file);
    }
};
Watch watch;

int timed_callback(jack_nframes_t frames, void* data) {
    rusage before{}, after{};
    getrusage(RUSAGE_THREAD, &before);
    const jack_nframes_t frame = jack_last_frame_time(watch.client);
    const int processor = sched_getcpu();
    const double began = milliseconds(CLOCK_MONOTONIC), cpu_start = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    const int result = watch.callback(frames, data);
    const double work = milliseconds(CLOCK_THREAD_CPUTIME_ID) - cpu_start, end = milliseconds(CLOCK_MONOTONIC);
    getrusage(RUSAGE_THREAD, &after);
    if (watch.count == watch.periods.size()) return result;
    watch.periods[watch.count++] = {.began = began,
                                    .elapsed = float(end - began),
                                    .work = float(work),
                                    .stolen = 0,
                                    .frame = frame,
                                    .first = uint16_t(processor),
                                    .last = uint16_t(sched_getcpu()),
                                    .waits = uint16_t(after.ru_nvcsw - before.ru_nvcsw),
                                    .major_faults = uint16_t(after.ru_majflt - before.ru_majflt),
                                    .minor_faults = uint16_t(after.ru_minflt - before.ru_minflt)};
    return result;
}

} // namespace

extern "C" int jack_set_process_callback(jack_client_t* client, JackProcessCallback callback, void* data) {
    using Set = int (*)(jack_client_t*, JackProcessCallback, void*);
    watch.client = client;
    watch.callback = callback;
    // For all configured processors, because the process may be bound to any of them.
    for (long i = long(watch.meters.size()); i < sysconf(_SC_NPROCESSORS_CONF); ++i)
        watch.meters.push_back(std::make_unique<StolenTimeMeter>(int(i)));
    return reinterpret_cast<Set>(dlsym(RTLD_NEXT, "jack_set_process_callback"))(client, timed_callback, data);
}
