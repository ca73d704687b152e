// A value that travels smoothly to its target: a critically damped spring, stepped at even intervals. Real time.
#pragma once

#include <cmath>

namespace timbrel {

// How fast: computed once for many values.
struct GlideRate {
    float stiffness = 1.0f, remains = 0.0f;

    // `steps`: intervals in which 99 % of a jump is travelled.
    static GlideRate over(float steps) {
        const float stiffness = 6.64f / std::fmax(steps, 0.01f);
        return {stiffness, std::exp(-stiffness)};
    }
};

class Glide {
  public:
    explicit Glide(float value = 0.0f) : value_(value), target_(value) {}

    float value() const { return value_; }
    float target() const { return target_; }
    bool settled() const { return value_ == target_ && speed_ == 0.0f; }

    void aim(float target) { target_ = target; }
    void place(float value) { value_ = value, speed_ = 0.0f; } // the target stays
    void jump(float value) { value_ = target_ = value, speed_ = 0.0f; }

    // One interval further; returns the new value.
    float step(const GlideRate& rate) {
        if (settled()) return value_;
        const float away = value_ - target_;
        const float pull = speed_ + rate.stiffness * away;
        value_ = target_ + (away + pull) * rate.remains;
        speed_ = (speed_ - rate.stiffness * pull) * rate.remains;
        if (std::abs(value_ - target_) < 1e-7f && std::abs(speed_) < 1e-8f) jump(target_);
        return value_;
    }

  private:
    float value_, target_;
    float speed_ = 0.0f; // per interval
};

} // namespace timbrel
