// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/yin.h"

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

constexpr double lowest_hertz = 26,
                 highest_hertz = 4400; // Hz; slightly beyond the documented pitch range of detect_pitch

} // namespace

Yin::Yin(double rate, size_t window)
    : rate_(rate), window_(window), longest_lag_(static_cast<size_t>(rate / lowest_hertz) + 2),
      fft_(fast_fft_size(window + longest_lag_)), window_spectrum_(fft_.frequency().size()),
      difference_(longest_lag_ + 1) {}

FramePitch Yin::estimate(const float* samples) {
    const double energy = compute_differences(samples);
    if (energy <= 1e-12) return {};
    double running = 0, deepest = 1e9;
    for (size_t lag = 1; lag <= longest_lag_; ++lag) {
        running += difference_[lag];
        difference_[lag] = running > 0 ? difference_[lag] * static_cast<double>(lag) / running : 1;
    }
    const size_t shortest_lag = static_cast<size_t>(rate_ / highest_hertz);
    for (size_t lag = shortest_lag; lag < longest_lag_; ++lag) deepest = std::min(deepest, difference_[lag]);
    if (deepest > 0.5) return {0, 0, energy};
    // Take the shortest period that is nearly as good as the best one, because multiples of the period are as deep. The
    // tolerance grows for short periods, which fall between two lags.
    for (size_t lag = std::max<size_t>(shortest_lag, 1); lag < longest_lag_; ++lag) {
        const double before = difference_[lag - 1], at = difference_[lag], after = difference_[lag + 1];
        if (at > before || at > after) continue;
        const double shift = parabolic_peak(before, at, after);
        const double depth = std::max(0.0, at - 0.25 * (before - after) * shift);
        if (depth > deepest + 0.04 + 1.5 / static_cast<double>(lag)) continue;
        return {hertz_to_note(rate_ / (static_cast<double>(lag) + shift)), std::clamp(1 - depth, 0.0, 1.0), energy};
    }
    return {0, 0, energy};
}

// Fills difference_ with the sums of (x[i] - x[i + lag])² over the window; returns the window's mean square.
double Yin::compute_differences(const float* samples) {
    const std::span<float> time = fft_.time();
    std::ranges::fill(std::copy(samples, samples + window_, time.begin()), time.end(), 0.0f);
    fft_.forward();
    std::ranges::copy(fft_.frequency(), window_spectrum_.begin());
    std::ranges::fill(std::copy(samples, samples + window_ + longest_lag_, time.begin()), time.end(), 0.0f);
    fft_.forward();
    for (size_t i = 0; i < window_spectrum_.size(); ++i) fft_.frequency()[i] *= std::conj(window_spectrum_[i]);
    fft_.backward();

    double first = 0;
    for (size_t i = 0; i < window_; ++i) first += static_cast<double>(samples[i]) * samples[i];
    double shifted = first;
    for (size_t lag = 0; lag <= longest_lag_; ++lag) {
        const double product = fft_.time()[lag] / static_cast<double>(fft_.size());
        difference_[lag] = std::max(0.0, first + shifted - 2 * product);
        shifted += static_cast<double>(samples[lag + window_]) * samples[lag + window_] -
                   static_cast<double>(samples[lag]) * samples[lag];
    }
    return first / static_cast<double>(window_);
}

} // namespace timbrel::audio
