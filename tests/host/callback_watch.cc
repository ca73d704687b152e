// Preloaded into a JACK client: watches what its process callback does, and writes it to the file CALLBACK_WATCH when
// the program ends. A period is late by the callback's own doing when the thread worked longer than the period lasts,
// or waited in it; what the machine did meanwhile is not counted.
#include <cstdio>
#include <cstdlib>

#include <dlfcn.h>
#include <jack/jack.h>
#include <sys/resource.h>
#include <time.h>

namespace {

struct Watch {
    JackProcessCallback callback = nullptr;
    double rate = 48000;
    long periods = 0, late = 0, own_late = 0, waits = 0, minor_faults = 0, major_faults = 0;
    double work = 0, longest = 0; // milliseconds of processor time

    ~Watch() {
        const char* const path = std::getenv("CALLBACK_WATCH");
        FILE* const file = path && periods > 0 ? std::fopen(path, "w") : nullptr;
        if (!file) return;
        std::fprintf(file,
                     "%ld periods, %.3f ms of work in each, %.3f at most; %ld took longer than the period, %ld of them "
                     "by own work; %ld waits, %ld major and %ld minor page faults\n",
                     periods, work / double(periods), longest, late, own_late, waits, major_faults, minor_faults);
        std::fclose(file);
    }
};
Watch watch;

double milliseconds(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) * 1e-6;
}

int watched(jack_nframes_t frames, void* data) {
    rusage before{}, after{};
    getrusage(RUSAGE_THREAD, &before);
    const double began = milliseconds(CLOCK_MONOTONIC), worked = milliseconds(CLOCK_THREAD_CPUTIME_ID);
    const int result = watch.callback(frames, data);
    const double work = milliseconds(CLOCK_THREAD_CPUTIME_ID) - worked, time = milliseconds(CLOCK_MONOTONIC) - began;
    getrusage(RUSAGE_THREAD, &after);
    const double period = frames * 1e3 / watch.rate;
    ++watch.periods;
    watch.late += time > period;
    watch.own_late += work > period;
    watch.work += work;
    if (work > watch.longest) watch.longest = work;
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
    return reinterpret_cast<Set>(dlsym(RTLD_NEXT, "jack_set_process_callback"))(client, watched, data);
}
