#include "tests/host/benchmarks/stage_verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace timbrel::test {

namespace {

double median_of(std::vector<float>& values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return double{*middle};
}

} // namespace

Tally tally(std::span<const WatchedPeriod> periods, double period_milliseconds) {
    Tally sum;
    for (const WatchedPeriod& period : periods) {
        ++sum.periods;
        sum.work += double{period.work};
        sum.overdue += double{period.elapsed} > period_milliseconds;
        sum.late += double{period.work} > period_milliseconds;
        sum.unexplained += double{period.work - period.stolen} > period_milliseconds;
        sum.waits += period.waits;
        sum.major_faults += period.major_faults;
        sum.minor_faults += period.minor_faults;
    }
    return sum;
}

void StormPlaces::add_storm(std::span<const uint32_t> frames) {
    for (size_t i = 0; i < storm_periods_; ++i) places_[frames[i]] = storms_ * storm_periods_ + i;
    ++storms_;
}

std::optional<size_t> StormPlaces::of(uint32_t frame) const {
    const auto next = places_.upper_bound(frame);
    if (next == places_.begin()) return std::nullopt;
    const auto& [began, before] = *std::prev(next);
    const size_t place = before + (frame - began) / period_frames_;
    const bool past_next = next != places_.end() && place >= next->second; // frames passed of which no period was made
    if (past_next || place / storm_periods_ != before / storm_periods_) return std::nullopt;
    return place;
}

StormCosts storm_costs(std::span<const WatchedPeriod> periods, const StormPlaces& places, size_t storm_periods,
                       size_t second_periods) {
    std::vector<std::vector<float>> works(storm_periods), longest(storm_periods / second_periods);
    std::unordered_map<size_t, float> longest_of_second;
    for (const WatchedPeriod& period : periods) {
        const auto place = places.of(period.frame);
        if (!place) continue;
        works[places.in_storm(*place)].push_back(period.work);
        float& second = longest_of_second[*place / second_periods];
        second = std::max(second, period.work);
    }
    for (const auto& [second, work] : longest_of_second) longest[second % longest.size()].push_back(work);
    StormCosts costs{.fewest = std::numeric_limits<size_t>::max(), .least = {}, .median = {}, .seconds = {}};
    for (auto& times : works) {
        costs.fewest = std::min(costs.fewest, times.size());
        costs.least.push_back(times.empty() ? 0 : double{*std::ranges::min_element(times)});
        costs.median.push_back(median_of(times));
    }
    for (auto& times : longest) costs.seconds.push_back(median_of(times));
    return costs;
}

double chance_of(long count, long all, double probability) {
    double chance = 0;
    for (long i = count; i <= all; ++i)
        chance += std::exp(std::lgamma(all + 1) - std::lgamma(i + 1) - std::lgamma(all - i + 1) +
                           i * std::log(probability) + (all - i) * std::log1p(-probability));
    return std::min(chance, 1.0);
}

} // namespace timbrel::test
