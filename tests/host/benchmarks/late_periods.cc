// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/host/benchmarks/late_periods.h"

#include "common/stats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace timbrel::test {

namespace {

double median_or_zero(const std::vector<float>& values) { return values.empty() ? 0 : double{median(values)}; }

} // namespace

CallbackStats callback_stats(std::span<const WatchedPeriod> periods, double period_milliseconds) {
    CallbackStats sum;
    for (const WatchedPeriod& period : periods) {
        ++sum.periods;
        sum.work += double{period.work};
        sum.late_by_wall_clock += double{period.elapsed} > period_milliseconds;
        sum.late_by_cpu_clock += double{period.work} > period_milliseconds;
        sum.unexplained += double{period.work - period.stolen} > period_milliseconds;
        sum.waits += period.waits;
        sum.major_faults += period.major_faults;
        sum.minor_faults += period.minor_faults;
    }
    return sum;
}

void PassagePeriods::add_passage(std::span<const uint32_t> frames) {
    for (size_t i = 0; i < passage_periods_; ++i) index_by_frame_[frames[i]] = passages_ * passage_periods_ + i;
    ++passages_;
}

std::optional<size_t> PassagePeriods::find(uint32_t frame) const {
    const auto next = index_by_frame_.upper_bound(frame);
    if (next == index_by_frame_.begin()) return std::nullopt;
    const auto& [start, first_index] = *std::prev(next);
    const size_t index = first_index + (frame - start) / period_frames_;
    // Skipped frames may lead past the next known period.
    const bool past_next = next != index_by_frame_.end() && index >= next->second;
    if (past_next || index / passage_periods_ != first_index / passage_periods_) return std::nullopt;
    return index;
}

PassageCosts passage_costs(std::span<const WatchedPeriod> periods, const PassagePeriods& passage_index,
                           size_t passage_periods, size_t second_periods) {
    std::vector<std::vector<float>> durations(passage_periods), longest(passage_periods / second_periods);
    std::unordered_map<size_t, float> longest_of_second;
    for (const WatchedPeriod& period : periods) {
        const auto index = passage_index.find(period.frame);
        if (!index) continue;
        durations[passage_index.phase(*index)].push_back(period.work);
        float& second = longest_of_second[*index / second_periods];
        second = std::max(second, period.work);
    }
    for (const auto& [second, work] : longest_of_second) longest[second % longest.size()].push_back(work);
    PassageCosts costs{
        .min_repetitions = std::numeric_limits<size_t>::max(), .minimum = {}, .median = {}, .longest_per_second = {}};
    for (auto& times : durations) {
        costs.min_repetitions = std::min(costs.min_repetitions, times.size());
        costs.minimum.push_back(times.empty() ? 0 : double{*std::ranges::min_element(times)});
        costs.median.push_back(median_or_zero(times));
    }
    for (auto& times : longest) costs.longest_per_second.push_back(median_or_zero(times));
    return costs;
}

double binomial_tail(long count, long trials, double probability) {
    double chance = 0;
    for (long i = count; i <= trials; ++i)
        chance += std::exp(std::lgamma(trials + 1) - std::lgamma(i + 1) - std::lgamma(trials - i + 1) +
                           i * std::log(probability) + (trials - i) * std::log1p(-probability));
    return std::min(chance, 1.0);
}

} // namespace timbrel::test
