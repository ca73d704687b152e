// SPDX-License-Identifier: GPL-3.0-or-later
// The record of one period that callback_watch.cc writes and the endurance benchmark reads. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>

namespace timbrel::test {

struct WatchedPeriod {
    double began = 0;             // start, milliseconds of the monotonic clock
    float elapsed = 0, work = 0;  // milliseconds by monotonic clock and by thread CPU clock
    float stolen = 0;             // milliseconds of `elapsed` in which the processor's meter could not run
    uint32_t frame = 0;           // JACK frame time at which the period began
    uint16_t first = 0, last = 0; // processor at the callback's start and end
    uint16_t waits = 0;           // voluntary context switches
    uint16_t major_faults = 0, minor_faults = 0;
};

inline constexpr size_t max_watched_periods = 3 << 20; // an hour of 64 frames; later ones are not written

} // namespace timbrel::test
