// What a process callback did in one period, as callback_watch.cc writes it, one after the other, and a benchmark
// reads.
#pragma once

#include <cstddef>
#include <cstdint>

namespace timbrel::test {

struct WatchedPeriod {
    double began = 0;             // milliseconds of the monotonic clock
    float elapsed = 0, work = 0;  // milliseconds, and those of them on the thread's processor clock
    float stolen = 0;             // milliseconds of `elapsed` in which a sentinel of its processor could not run
    uint32_t frame = 0;           // of the server, at which the period began
    uint16_t first = 0, last = 0; // processors on which the callback began and ended
    uint16_t waits = 0;           // for anything but the processor
    uint16_t major_faults = 0, minor_faults = 0;
};

inline constexpr size_t most_watched_periods = 1 << 19; // what comes after these is not written

} // namespace timbrel::test
