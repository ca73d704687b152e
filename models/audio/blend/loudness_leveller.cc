#include "models/audio/blend/loudness_leveller.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double most = 20; // dB, either way

double decibels_of(double power) { return 10 * std::log10(power + 1e-30); }

} // namespace

Leveller::Leveller(const double (&floor)[2], double seconds)
    : floor_{decibels_of(floor[0]), decibels_of(floor[1])},
      window_(1 + 2 * static_cast<size_t>(std::lround(reach_seconds / seconds))) {
    const double turn = std::numbers::pi / static_cast<double>(window_.size() + 1);
    for (size_t i = 0; i < window_.size(); ++i) window_[i] = std::pow(std::sin(turn * static_cast<double>(i + 1)), 2);
}

void Leveller::push(const Moment& moment) { heard_.push_back(moment); }

std::optional<double> Leveller::next() {
    const size_t reach = window_.size() / 2;
    if (heard_.size() <= before_ + reach) return {};
    double first = 0, second = 0, blend = 0, weights = 1e-30;
    for (size_t i = 0; i <= before_ + reach; ++i) {
        if (!heard_[i].counts) continue;
        const double weight = window_[reach + i - before_];
        first += weight * heard_[i].loud[0];
        second += weight * heard_[i].loud[1];
        blend += weight * heard_[i].blend;
        weights += weight;
    }
    const Moment now = heard_[before_];
    const auto between = [&](double a, double b) { return (1 - now.share) * a + now.share * b; };
    const double wanted =
        between(std::max(floor_[0], decibels_of(first / weights)), std::max(floor_[1], decibels_of(second / weights)));
    const double gain = wanted - std::max(between(floor_[0], floor_[1]), decibels_of(blend / weights));
    if (before_ < reach)
        ++before_;
    else
        heard_.pop_front();
    return now.authority * std::clamp(gain, -most, most);
}

} // namespace timbrel::audio
