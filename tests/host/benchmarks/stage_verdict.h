// Whose doing late periods are: what a storm's places cost the player, and what befell a control beside it.
#pragma once

#include "tests/host/support/watched_period.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace timbrel::test {

// All that a client's callback did.
struct Tally {
    long periods = 0;
    double work = 0; // milliseconds on the thread's processor clock
    // Lasted longer than the period; so by the thread's processor clock; so without what the sentinels saw, too.
    long overdue = 0, late = 0, unexplained = 0;
    long waits = 0, major_faults = 0, minor_faults = 0;
};

Tally tally(std::span<const WatchedPeriod> periods, double period_milliseconds);

// Which period of the storms it was that began at a frame of the server, counted from the first storm's first.
class StormPlaces {
  public:
    StormPlaces(size_t storm_periods, uint32_t period_frames)
        : storm_periods_(storm_periods), period_frames_(period_frames) {}

    // One storm more, in the order of time: at which frames its periods began, as a client saw it that ran after the
    // player. Where that was late, it saw the next one's.
    void add_storm(std::span<const uint32_t> frames);
    std::optional<size_t> of(uint32_t frame) const; // nothing between storms
    size_t in_storm(size_t place) const { return place % storm_periods_; }

  private:
    size_t storm_periods_;
    uint32_t period_frames_;
    size_t storms_ = 0;
    std::map<uint32_t, size_t> places_;
};

// The same storm many times over, in milliseconds of work.
struct StormCosts {
    size_t fewest = 0;                 // times that a place was played, of all places
    std::vector<double> least, median; // of each of the storm's periods
    std::vector<double> seconds;       // for each second of the storm: its longest period, the median of all times
};

// Periods that belong to no storm have no part in it.
StormCosts storm_costs(std::span<const WatchedPeriod> periods, const StormPlaces& places, size_t storm_periods,
                       size_t second_periods);

// How likely at least `count` of `all` are when each is one with this probability.
double chance_of(long count, long all, double probability);

} // namespace timbrel::test
