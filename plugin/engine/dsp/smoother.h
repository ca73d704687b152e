// SPDX-License-Identifier: GPL-3.0-or-later
// A smoothed value: a critically damped spring that follows its target, stepped at even intervals.
// Thread: audio.
#pragma once

#include "common/realtime.h"

#include <cmath>

namespace timbrel::engine {

// Speed of smoothing; computed once for many values.
struct SmootherRate {
    float stiffness = 1.0f;
    float decay = 0.0f; // exp(-stiffness)

    // `steps`: intervals within which 99 % of a step in the target are covered.
    static SmootherRate over(float steps) noexcept TIMBREL_REALTIME {
        const float stiffness = 6.64f / std::fmax(steps, 0.01f);
        return {stiffness, std::exp(-stiffness)};
    }
};

class Smoother {
  public:
    explicit Smoother(float value = 0.0f) noexcept TIMBREL_REALTIME : value_(value), target_(value) {}

    float value() const noexcept TIMBREL_REALTIME { return value_; }
    float target() const noexcept TIMBREL_REALTIME { return target_; }
    bool at_rest() const noexcept TIMBREL_REALTIME { return value_ == target_ && speed_ == 0.0f; }

    // `fraction`: part of the next interval, 0–1, during which the new target applies. A change at any time within an
    // interval is thereby delayed by exactly one interval.
    void set_target(float target, float fraction = 1.0f) noexcept TIMBREL_REALTIME {
        const float change = target - target_, total = change_ + change;
        fraction_ =
            total != 0.0f ? std::fmin(std::fmax((change_ * fraction_ + change * fraction) / total, 0.0f), 1.0f) : 1.0f;
        change_ = total;
        target_ = target;
    }

    // Sets the value, at rest; the target stays.
    void set_value(float value) noexcept TIMBREL_REALTIME { value_ = value, speed_ = change_ = 0.0f, fraction_ = 1.0f; }

    // Sets value and target.
    void snap(float value) noexcept TIMBREL_REALTIME {
        value_ = target_ = value, speed_ = change_ = 0.0f, fraction_ = 1.0f;
    }

    // Advances by one interval; returns the new value.
    float step(const SmootherRate& rate) noexcept TIMBREL_REALTIME {
        if (at_rest()) {
            snap(target_);
            return value_;
        }
        const float old_target = fraction_ < 1.0f ? target_ - change_ : target_;
        const float distance = value_ - old_target;
        const float pull = speed_ + rate.stiffness * distance;
        value_ = old_target + (distance + pull) * rate.decay;
        speed_ = (speed_ - rate.stiffness * pull) * rate.decay;
        if (fraction_ < 1.0f) add_target_change(rate);
        change_ = 0.0f, fraction_ = 1.0f;
        if (std::abs(value_ - target_) < 1e-7f && std::abs(speed_) < 1e-8f) snap(target_);
        return value_;
    }

  private:
    // Adds the response to the change of target, which applies only during `fraction_` of the interval.
    void add_target_change(const SmootherRate& rate) {
        const float time = rate.stiffness * fraction_, decay = std::exp(-time);
        value_ += change_ * (1.0f - (1.0f + time) * decay);
        speed_ += change_ * rate.stiffness * time * decay;
    }

    float value_, target_;
    float speed_ = 0.0f;                    // per interval
    float change_ = 0.0f, fraction_ = 1.0f; // of the target since the last step
};

} // namespace timbrel::engine
