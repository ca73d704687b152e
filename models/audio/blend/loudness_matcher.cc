// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/blend/loudness_matcher.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double largest_gain = 20; // dB, up or down

double to_decibels(double power) { return power_to_db(power + 1e-30); }

} // namespace

LoudnessMatcher::LoudnessMatcher(const double (&floor)[2], double seconds)
    : floor_db_{to_decibels(floor[0]), to_decibels(floor[1])},
      window_(1 + 2 * static_cast<size_t>(std::lround(look_seconds / seconds))) {
    const double step = std::numbers::pi / static_cast<double>(window_.size() + 1);
    for (size_t i = 0; i < window_.size(); ++i) window_[i] = std::pow(std::sin(step * static_cast<double>(i + 1)), 2);
}

void LoudnessMatcher::push(const Frame& frame) { frames_.push_back(frame); }

std::optional<double> LoudnessMatcher::next() {
    const size_t reach = window_.size() / 2;
    if (frames_.size() <= current_ + reach) return {};
    double first = 0, second = 0, blend = 0, weights = 1e-30;
    for (size_t i = 0; i <= current_ + reach; ++i) {
        if (!frames_[i].both_sound) continue;
        const double weight = window_[reach + i - current_];
        first += weight * frames_[i].sounds[0];
        second += weight * frames_[i].sounds[1];
        blend += weight * frames_[i].blend;
        weights += weight;
    }
    const Frame frame = frames_[current_];
    const auto between = [&](double a, double b) { return (1 - frame.position) * a + frame.position * b; };
    const double target = between(std::max(floor_db_[0], to_decibels(first / weights)),
                                  std::max(floor_db_[1], to_decibels(second / weights)));
    const double gain = target - std::max(between(floor_db_[0], floor_db_[1]), to_decibels(blend / weights));
    if (current_ < reach)
        ++current_;
    else
        frames_.pop_front();
    return frame.correction_strength * std::clamp(gain, -largest_gain, largest_gain);
}

} // namespace timbrel::audio
