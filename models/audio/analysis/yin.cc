#include "models/audio/analysis/yin.h"

#include "models/audio/analysis/detect_pitch.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

constexpr double lowest = 29, highest = 4400; // Hz, a little beyond what is promised

} // namespace

Yin::Yin(double rate, size_t window)
    : rate_(rate), window_(window), longest_(static_cast<size_t>(rate / lowest) + 2),
      fft_(fast_fft_size(window + longest_)), head_(fft_.frequency().size()), difference_(longest_ + 1) {}

FramePitch Yin::listen(const float* samples) {
    const double energy = differences(samples);
    if (energy <= 1e-12) return {};
    double running = 0, deepest = 1e9;
    for (size_t lag = 1; lag <= longest_; ++lag) {
        running += difference_[lag];
        difference_[lag] = running > 0 ? difference_[lag] * static_cast<double>(lag) / running : 1;
    }
    const size_t shortest = static_cast<size_t>(rate_ / highest);
    for (size_t lag = shortest; lag < longest_; ++lag) deepest = std::min(deepest, difference_[lag]);
    if (deepest > 0.5) return {0, 0, energy};
    // The shortest period that is nearly as good as the best one: multiples of the period are as deep. A short period
    // falls between two lags, where only part of its depth is seen.
    for (size_t lag = std::max<size_t>(shortest, 1); lag < longest_; ++lag) {
        const double before = difference_[lag - 1], at = difference_[lag], after = difference_[lag + 1];
        if (at > before || at > after) continue;
        const double shift = turning_point(before, at, after);
        const double depth = std::max(0.0, at - 0.25 * (before - after) * shift);
        if (depth > deepest + 0.04 + 1.5 / static_cast<double>(lag)) continue;
        return {pitch_of(rate_ / (static_cast<double>(lag) + shift)), std::clamp(1 - depth, 0.0, 1.0), energy};
    }
    return {0, 0, energy};
}

// Fills difference_ with the sums of (x[i] - x[i + lag])² over the window; returns the window's mean energy.
double Yin::differences(const float* samples) {
    const std::span<float> time = fft_.time();
    std::ranges::fill(std::copy(samples, samples + window_, time.begin()), time.end(), 0.0f);
    fft_.forward();
    std::ranges::copy(fft_.frequency(), head_.begin());
    std::ranges::fill(std::copy(samples, samples + window_ + longest_, time.begin()), time.end(), 0.0f);
    fft_.forward();
    for (size_t i = 0; i < head_.size(); ++i) fft_.frequency()[i] *= std::conj(head_[i]);
    fft_.backward();

    double first = 0;
    for (size_t i = 0; i < window_; ++i) first += static_cast<double>(samples[i]) * samples[i];
    double shifted = first;
    for (size_t lag = 0; lag <= longest_; ++lag) {
        const double product = fft_.time()[lag] / static_cast<double>(fft_.size());
        difference_[lag] = std::max(0.0, first + shifted - 2 * product);
        shifted += static_cast<double>(samples[lag + window_]) * samples[lag + window_] -
                   static_cast<double>(samples[lag]) * samples[lag];
    }
    return first / static_cast<double>(window_);
}

} // namespace timbrel::audio
