// SPDX-License-Identifier: GPL-3.0-or-later
// Attributes late periods to the player or to the machine, by repetition of the same passage of MIDI and by comparison
// with a control client. Threads: any; pure, except PassagePeriods::add_passage().
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

// Maps JACK frame times to the periods of repeated passages, counted from the first passage's start.
class PassagePeriods {
  public:
    PassagePeriods(size_t passage_periods, uint32_t period_frames)
        : passage_periods_(passage_periods), period_frames_(period_frames) {}

    // Adds a passage, in order of time. `frames`: frame times of its periods, as seen by a client that JACK runs after
    // the player. A period in which that client was late has the frame time of the next.
    void add_passage(std::span<const uint32_t> frames);
    // The index of the period with this frame time; none between passages.
    std::optional<size_t> find(uint32_t frame) const;
    // The index within its passage.
    size_t phase(size_t index) const { return index % passage_periods_; }

  private:
    size_t passage_periods_;
    uint32_t period_frames_;
    size_t passages_ = 0;
    std::map<uint32_t, size_t> index_by_frame_;
};

// Statistics over all repetitions of a passage, in milliseconds of thread CPU time.
struct PassageCosts {
    size_t min_repetitions = 0;             // fewest measurements of any period of the passage
    std::vector<double> minimum, median;    // by period of the passage
    std::vector<double> longest_per_second; // by second of the passage: median of the longest period
};

// Ignores periods between passages. `second_periods`: periods per second.
PassageCosts passage_costs(std::span<const WatchedPeriod> periods, const PassagePeriods& passage_index,
                           size_t passage_periods, size_t second_periods);

// The probability of at least `count` successes in `trials` (upper binomial tail).
double binomial_tail(long count, long trials, double probability);

} // namespace timbrel::test
