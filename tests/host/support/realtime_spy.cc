// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded into the player: checks JACK's process callback for system calls, heap use, locks and page faults. Writes
// 'periods, heap and lock calls, system calls, page faults, first offence' to the file $TIMBREL_SPY.
#include "tests/plugin/engine/support/realtime_guard.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <jack/jack.h>

namespace {

using timbrel::test::RealtimeGuard;

constexpr unsigned long warm_up_periods = 200; // unchecked periods, in which stack, buffers and symbols become resident

JackProcessCallback original_callback = nullptr;
std::atomic<unsigned long> periods{0}, faults{0};

int checked_callback(jack_nframes_t frames, void* argument) {
    thread_local RealtimeGuard guard;
    if (++periods <= warm_up_periods) return original_callback(frames, argument);
    guard.on();
    const int result = original_callback(frames, argument);
    guard.off();
    faults = guard.page_faults();
    return result;
}

struct Report {
    ~Report() {
        const char* const path = std::getenv("TIMBREL_SPY");
        std::FILE* const file = path && periods > 0 ? std::fopen(path, "w") : nullptr;
        if (!file) return;
        std::fprintf(file, "%lu %lu %lu %lu %s\n", periods.load() - std::min(periods.load(), warm_up_periods),
                     static_cast<unsigned long>(RealtimeGuard::heap_and_lock_calls()),
                     static_cast<unsigned long>(RealtimeGuard::system_calls()), faults.load(),
                     RealtimeGuard::first_violation().c_str());
        std::fclose(file);
    }
} report;

} // namespace

extern "C" __attribute__((visibility("default"))) int
jack_set_process_callback(jack_client_t* client, JackProcessCallback callback, void* argument) {
    static const auto real =
        reinterpret_cast<decltype(&jack_set_process_callback)>(dlsym(RTLD_NEXT, "jack_set_process_callback"));
    original_callback = callback;
    return real(client, checked_callback, argument);
}
