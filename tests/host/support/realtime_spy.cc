// For LD_PRELOAD into the player: watches JACK's process callback for system calls, heap, locks and page faults, and
// writes what it saw to the file named by TIMBREL_SPY, as 'periods, heap and lock calls, system calls, faults, first'.
#include "tests/plugin/engine/support/realtime_guard.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <jack/jack.h>

namespace {

using timbrel::test::RealtimeGuard;

constexpr unsigned long first_watched = 200; // periods, in which stack, buffers and bound symbols become resident

JackProcessCallback watched = nullptr;
std::atomic<unsigned long> periods{0}, faults{0};

int process(jack_nframes_t frames, void* argument) {
    thread_local RealtimeGuard guard;
    if (++periods <= first_watched) return watched(frames, argument);
    guard.on();
    const int result = watched(frames, argument);
    guard.off();
    faults = guard.page_faults();
    return result;
}

struct Report {
    ~Report() {
        const char* const path = std::getenv("TIMBREL_SPY");
        std::FILE* const file = path && periods > 0 ? std::fopen(path, "w") : nullptr;
        if (!file) return;
        std::fprintf(file, "%lu %lu %lu %lu %s\n", periods.load() - std::min(periods.load(), first_watched),
                     static_cast<unsigned long>(RealtimeGuard::heap_and_lock_calls()),
                     static_cast<unsigned long>(RealtimeGuard::system_calls()), faults.load(),
                     RealtimeGuard::first_offence().c_str());
        std::fclose(file);
    }
} report;

} // namespace

extern "C" __attribute__((visibility("default"))) int
jack_set_process_callback(jack_client_t* client, JackProcessCallback callback, void* argument) {
    static const auto real =
        reinterpret_cast<decltype(&jack_set_process_callback)>(dlsym(RTLD_NEXT, "jack_set_process_callback"));
    watched = callback;
    return real(client, process, argument);
}
