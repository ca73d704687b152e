// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/dsp/safety_limiter.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

namespace {

constexpr double recovery_seconds = 0.2; // time constant: long against the periods of low notes
constexpr double inaudible = 1e-5;       // a reduction whose end is inaudible, -100 dB

// The largest magnitude of both channels; NaN counts as infinite.
float peak_of(const float* left, const float* right, uint32_t frames) {
    float peak = 0.0f;
    bool valid = true;
    for (uint32_t n = 0; n < frames; ++n) {
        peak = std::max({peak, std::fabs(left[n]), std::fabs(right[n])});
        valid &= left[n] == left[n] && right[n] == right[n];
    }
    return valid ? peak : INFINITY;
}

void clear_invalid(float& sample) {
    if (!std::isfinite(sample)) sample = 0.0f;
}

} // namespace

SafetyLimiter::SafetyLimiter(double rate) : recovery_(std::exp(-1.0 / (recovery_seconds * rate))) {}

void SafetyLimiter::limit(float& left, float& right) {
    clear_invalid(left);
    clear_invalid(right);
    reduction_ = reduction_ < inaudible ? 0.0 : reduction_ * recovery_;
    const float peak = std::max(std::fabs(left), std::fabs(right));
    if (peak * (1.0 - reduction_) > threshold) reduction_ = 1.0 - double{threshold} / peak;
    const auto gain = static_cast<float>(1.0 - reduction_);
    left = std::clamp(left * gain, -threshold, threshold); // a product may be rounded upwards
    right = std::clamp(right * gain, -threshold, threshold);
}

void SafetyLimiter::process(float* left, float* right, uint32_t frames) noexcept TIMBREL_REALTIME {
    if (reduction_ == 0.0 && peak_of(left, right, frames) <= threshold) return;
    for (uint32_t n = 0; n < frames; ++n) limit(left[n], right[n]);
}

} // namespace timbrel::engine
