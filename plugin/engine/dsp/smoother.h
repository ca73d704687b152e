// A value that travels smoothly to its target: a critically damped spring, stepped at even intervals. Real time.
#pragma once

#include <cmath>

namespace timbrel::engine {

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

    // `share`: of the next interval in which the target is already in force. What moves at any time within an interval
    // is thus told with a delay of one interval, whatever that time.
    void aim(float target, float share = 1.0f) {
        const float moved = target - target_, all = moved_ + moved;
        share_ = all != 0.0f ? std::fmin(std::fmax((moved_ * share_ + moved * share) / all, 0.0f), 1.0f) : 1.0f;
        moved_ = all;
        target_ = target;
    }
    void place(float value) { value_ = value, speed_ = moved_ = 0.0f, share_ = 1.0f; } // the target stays
    void jump(float value) { value_ = target_ = value, speed_ = moved_ = 0.0f, share_ = 1.0f; }

    // One interval further; returns the new value.
    float step(const GlideRate& rate) {
        if (settled()) {
            jump(target_);
            return value_;
        }
        const float before = share_ < 1.0f ? target_ - moved_ : target_;
        const float away = value_ - before;
        const float pull = speed_ + rate.stiffness * away;
        value_ = before + (away + pull) * rate.remains;
        speed_ = (speed_ - rate.stiffness * pull) * rate.remains;
        if (share_ < 1.0f) turn(rate);
        moved_ = 0.0f, share_ = 1.0f;
        if (std::abs(value_ - target_) < 1e-7f && std::abs(speed_) < 1e-8f) jump(target_);
        return value_;
    }

  private:
    // Adds what the target's move does in its share of the interval.
    void turn(const GlideRate& rate) {
        const float way = rate.stiffness * share_, remains = std::exp(-way);
        value_ += moved_ * (1.0f - (1.0f + way) * remains);
        speed_ += moved_ * rate.stiffness * way * remains;
    }

    float value_, target_;
    float speed_ = 0.0f;                // per interval
    float moved_ = 0.0f, share_ = 1.0f; // of the target since the last step
};

} // namespace timbrel::engine
