// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/space/delay.h"

#include <cmath>

namespace timbrel::engine {

namespace {

constexpr float open_hertz = 19000.0f;
constexpr double fade_seconds = 0.05; // from one echo time to another

float finite(float sample) { return std::isfinite(sample) ? sample : 0.0f; }

} // namespace

Delay::Delay(double rate)
    : rate_(rate), smoothing_(SmootherRate::over(jump_smoothing_seconds * static_cast<float>(rate) / tick_frames)),
      buffer_(static_cast<size_t>(std::ceil(double{max_seconds} * rate)) + 1),
      fade_step_(static_cast<float>(1.0 / (fade_seconds * rate))) {}

void Delay::set(const Settings& settings) noexcept TIMBREL_REALTIME {
    settings_ = settings;
    feedback_.set_target(settings.feedback);
    const double turns = settings.tone_hertz / rate_;
    tone_.set_target(settings.tone_hertz >= open_hertz ? 1.0f
                                                       : static_cast<float>(1.0 - std::exp(-2.0 * M_PI * turns)));
    mix_.set_target(settings.mix);
}

void Delay::snap_to_targets() noexcept TIMBREL_REALTIME {
    feedback_.snap(feedback_.target());
    tone_.snap(tone_.target());
    mix_.snap_to_target();
    written_ = 0; // the next step() takes the echo time without a fade
}

void Delay::reset() noexcept TIMBREL_REALTIME {
    written_ = 0;
    low_pass_ = {0.0f, 0.0f};
}

uint32_t Delay::wanted_length(double beats_per_minute) const {
    double seconds = settings_.beats > 0.0 ? settings_.beats * 60.0 / beats_per_minute : double{settings_.seconds};
    while (seconds > double{max_seconds}) seconds /= 2.0;
    return std::max(1u, static_cast<uint32_t>(std::lround(seconds * rate_)));
}

void Delay::step(double beats_per_minute) noexcept TIMBREL_REALTIME {
    if (mix_.step(smoothing_)) reset();
    if (!mix_.active()) return;
    const uint32_t wanted = wanted_length(beats_per_minute);
    if (written_ == 0) {
        length_ = wanted;
        fade_ = 0.0f;
        feedback_ramp_.snap(feedback_.value());
        tone_ramp_.snap(tone_.value());
    } else if (wanted != length_ && fade_ == 0.0f) {
        next_length_ = wanted;
        fade_ = fade_step_;
    }
    feedback_ramp_.set_target(feedback_.step(smoothing_), tick_frames);
    tone_ramp_.set_target(tone_.step(smoothing_), tick_frames);
}

// The sound `length` frames ago.
Delay::Stereo Delay::read(uint32_t length) const {
    if (length > written_) return {0.0f, 0.0f};
    const auto size = static_cast<uint32_t>(buffer_.size());
    return buffer_[next_ >= length ? next_ - length : next_ + size - length];
}

void Delay::process_frame(float& left, float& right, float time) {
    Stereo echo = read(length_);
    if (fade_ > 0.0f) {
        const Stereo next = read(next_length_);
        echo.left += fade_ * (next.left - echo.left);
        echo.right += fade_ * (next.right - echo.right);
        fade_ += fade_step_;
        if (fade_ >= 1.0f) length_ = next_length_, fade_ = 0.0f;
    }
    const float tone = tone_ramp_.start + tone_ramp_.step * (tone_ramp_.frames + time);
    const float feedback = feedback_ramp_.start + feedback_ramp_.step * (feedback_ramp_.frames + time);
    low_pass_.left += tone * (echo.left - low_pass_.left);
    low_pass_.right += tone * (echo.right - low_pass_.right);
    buffer_[next_] = {finite(left) + feedback * low_pass_.left, finite(right) + feedback * low_pass_.right};
    const auto size = static_cast<uint32_t>(buffer_.size());
    next_ = next_ + 1 == size ? 0 : next_ + 1;
    written_ = std::min(written_ + 1, size - 1);
    left = mix_.apply(left, low_pass_.left, time);
    right = mix_.apply(right, low_pass_.right, time);
}

void Delay::process(float* left, float* right, uint32_t frames) noexcept TIMBREL_REALTIME {
    for (uint32_t n = 0; n < frames; ++n) process_frame(left[n], right[n], static_cast<float>(n + 1));
    mix_.advance(frames);
    feedback_ramp_.advance(frames);
    tone_ramp_.advance(frames);
}

} // namespace timbrel::engine
