// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes late periods to the player or to the machine, by repetition of the same storm of MIDI and by comparison
// with a control client. Threads: any; pure, except StormPeriods::add_storm().
#pragma once

#include "tests/host/support/watched_period.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace timbrel::test {

// Sums over a client's process callbacks.
struct CallbackStats {
    long periods = 0;
    double work = 0; // milliseconds of thread CPU time
    // Callbacks longer than the period: by the monotonic clock; by thread CPU time; by that without stolen time.
    long late_by_wall_clock = 0, late_by_cpu_clock = 0, unexplained = 0;
    long waits = 0, major_faults = 0, minor_faults = 0;
};

CallbackStats callback_stats(std::span<const WatchedPeriod> periods, double period_milliseconds);

// Maps JACK frame times to the periods of repeated storms, counted from the first storm's start.
class StormPeriods {
  public:
    StormPeriods(size_t storm_periods, uint32_t period_frames)
        : storm_periods_(storm_periods), period_frames_(period_frames) {}

    // Adds a storm, in order of time. `frames`: frame times of its periods, as seen by a client that JACK runs after
    // the player. A period in which that client was late has the frame time of the next.
    void add_storm(std::span<const uint32_t> frames);
    // The index of the period with this frame time; none between storms.
    std::optional<size_t> find(uint32_t frame) const;
    // The index within its storm.
    size_t phase(size_t index) const { return index % storm_periods_; }

  private:
    size_t storm_periods_;
    uint32_t period_frames_;
    size_t storms_ = 0;
    std::map<uint32_t, size_t> index_by_frame_;
};

// Statistics over all repetitions of a storm, in milliseconds of thread CPU time.
struct StormCosts {
    size_t min_repetitions = 0;             // fewest measurements of any period of the storm
    std::vector<double> minimum, median;    // by period of the storm
    std::vector<double> longest_per_second; // by second of the storm: median of the longest period
};

// Ignores periods between storms. `second_periods`: periods per second.
StormCosts storm_costs(std::span<const WatchedPeriod> periods, const StormPeriods& storm_index, size_t storm_periods,
                       size_t second_periods);

// The probability of at least `count` successes in `trials` (upper binomial tail).
double binomial_tail(long count, long trials, double probability);

} // namespace timbrel::test
