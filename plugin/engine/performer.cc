#include "plugin/engine/performer.h"

#include <algorithm>
#include <cmath>

namespace timbrel {

namespace {

constexpr float control_seconds = 0.01f; // in which bend, tuning, volume, level and filter reach a new value

} // namespace

Performer::Performer(double rate)
    : context_{.rate = rate},
      control_rate_(GlideRate::over(control_seconds * static_cast<float>(rate) / tick_frames)), lanes_{} {
    values_.fill(NAN);
    wanted_.fill(NAN);
    context_.tuning_rate = control_rate_;
    ParameterValues initial;
    for (size_t i = 0; i < parameter_count; ++i) initial[i] = parameters[i].initial;
    set_parameters(initial);
    reset();
}

void Performer::release_all() {
    context_.tick_rest = tick_left_;
    pool_.release_all(context_);
    keys_.clear();
    for (auto& channel : channels_) channel.reset_controllers();
}

void Performer::reset() {
    pool_.end_all();
    events_.clear();
    keys_.clear();
    last_pitch_ = -1.0f;
    for (uint8_t channel = 0; channel < channels_.size(); ++channel)
        channels_[channel].reset(value(Parameter::bend_range));
    apply(Parameter::mpe);
    tuning_.reset_channels();
    x_.aim(value(Parameter::x));
    y_.aim(value(Parameter::y));
    cv_x_.jump(0.0f);
    cv_y_.jump(0.0f);
    cv_connected_ = false;
    tick_left_ = 0;
    untouched_ = true;
}

PlanePoint Performer::place_after(uint32_t delay) const {
    const float done = static_cast<float>(tick_frames - tick_left_ + delay) / tick_frames;
    PlanePath path;
    path.start = {from_.x + (x_.value() - from_.x) * done, from_.y + (y_.value() - from_.y) * done};
    if (cv_connected_) {
        path.start.x += delay > 0 ? cv_path_x_[delay] : cv_x_.value();
        path.start.y += delay > 0 ? cv_path_y_[delay] : cv_y_.value();
    }
    return path.at(0.0f);
}

uint32_t Performer::sounding_notes(std::span<SoundingNote> notes) const {
    uint32_t count = 0;
    for (uint32_t i = 0; i < pool_.size() && count < notes.size(); ++i) {
        const VoicePool::Slot& slot = pool_[i];
        if (!slot.voice.released() && !slot.voice.fading()) notes[count++] = {slot.key, slot.voice.own_place(context_)};
    }
    return count;
}

void Performer::take_bank(BankHandover& banks) {
    HeldBank* before = banks.current();
    if (banks.take()) {
        bank_ = banks.current()->bank ? banks.current() : nullptr;
        // Notes of the bank before play on; those of still earlier ones have had their time.
        for (uint32_t i = 0; i < pool_.size(); ++i)
            if (pool_[i].voice.bank() != before) pool_[i].voice.fade(context_);
    }
    banks.retire_unused();
}

void Performer::render(BankHandover& banks, float* left, float* right, const float* x_cv, const float* y_cv,
                       uint32_t frames) {
    take_bank(banks);
    if (untouched_) start_where_set();
    const auto* event = events_.begin();
    for (uint32_t frame = 0; frame < frames;) {
        if (tick_left_ == 0) {
            for (; event != events_.end() && event->frame <= frame; ++event) perform(*event, 0);
            begin_tick();
        }
        const uint32_t stretch = std::min(frames - frame, tick_left_);
        const PlanePath path = path_of_stretch(x_cv ? x_cv + frame : nullptr, y_cv ? y_cv + frame : nullptr, stretch);
        // Notes begin on their very frame; all else that a message does is heard from the next tick on, where a
        // release makes up for the wait.
        for (; event != events_.end() && event->frame < frame + stretch; ++event) perform(*event, event->frame - frame);
        render_stretch(path, left + frame, right + frame, stretch);
        frame += stretch;
        tick_left_ -= stretch;
    }
    for (; event != events_.end(); ++event) perform(*event, 0);
    events_.clear();
    if (lost_events_) release_all();
    lost_events_ = false;
}

void Performer::start_where_set() {
    for (auto* glide : {&x_, &y_, &level_, &width_, &cutoff_, &resonance_, &tune_, &vibrato_depth_})
        glide->jump(glide->target());
    from_ = {x_.value(), y_.value()};
    untouched_ = false;
}

void Performer::begin_tick() {
    tick_left_ = tick_frames;
    from_ = {x_.value(), y_.value()};
    x_.step(plane_rate_);
    y_.step(plane_rate_);
    level_from_ = level_.value();
    width_from_ = width_.value();
    for (auto* glide : {&level_, &width_, &cutoff_, &resonance_, &tune_, &vibrato_depth_}) glide->step(control_rate_);
    for (auto& channel : channels_) channel.step(control_rate_);
    vibrato_phase_ += static_cast<double>(value(Parameter::vibrato_rate)) * tick_frames / context_.rate;
    vibrato_phase_ -= std::floor(vibrato_phase_);
    vibrato_ = static_cast<float>(std::sin(2.0 * M_PI * vibrato_phase_));

    context_.plane_rate = plane_rate_;
    context_.place = {x_.value(), y_.value()};
    if (cv_connected_)
        context_.place = {std::clamp(x_.value() + cv_x_.value(), 0.0f, 1.0f),
                          std::clamp(y_.value() + cv_y_.value(), 0.0f, 1.0f)};
    context_.cutoff = cutoff_.value();
    context_.resonance = resonance_.value();
    std::array<ChannelControl, 16> controls;
    for (uint8_t channel = 0; channel < controls.size(); ++channel) controls[channel] = control_of(channel);
    pool_.end_finished();
    for (uint32_t i = 0; i < pool_.size(); ++i)
        misses_ += pool_[i].voice.begin_segment(context_, controls[pool_[i].channel], tick_frames) ? 1 : 0;
}

void Performer::follow_cv(const float* x_cv, const float* y_cv, uint32_t frames) {
    cv_connected_ = x_cv || y_cv || !cv_x_.settled() || !cv_y_.settled() || cv_x_.value() != 0.0f ||
                    cv_y_.value() != 0.0f; // an input taken away glides out
    if (!cv_connected_) return;
    cv_path_x_[0] = cv_x_.value();
    cv_path_y_[0] = cv_y_.value();
    const auto usable = [](float value) { return std::isfinite(value) ? std::clamp(value, -1.0f, 1.0f) : 0.0f; };
    for (uint32_t n = 0; n < frames; ++n) {
        cv_x_.aim(x_cv ? usable(x_cv[n]) : 0.0f);
        cv_y_.aim(y_cv ? usable(y_cv[n]) : 0.0f);
        cv_path_x_[n + 1] = cv_x_.step(cv_rate_);
        cv_path_y_[n + 1] = cv_y_.step(cv_rate_);
    }
}

PlanePath Performer::path_of_stretch(const float* x_cv, const float* y_cv, uint32_t frames) {
    follow_cv(x_cv, y_cv, frames);
    const auto done = static_cast<float>(tick_frames - tick_left_ + 1); // a tick's line ends on its last frame
    PlanePath path;
    path.step = {(x_.value() - from_.x) / tick_frames, (y_.value() - from_.y) / tick_frames};
    path.start = {from_.x + path.step.x * done, from_.y + path.step.y * done};
    if (cv_connected_) path.cv_x = cv_path_x_.data(), path.cv_y = cv_path_y_.data();
    return path;
}

void Performer::render_stretch(const PlanePath& path, float* left, float* right, uint32_t frames) {
    render_voices(path, frames);

    const uint32_t lanes = context_.simd.lanes;
    const float level_step = (level_.value() - level_from_) / tick_frames;
    const float width_step = (width_.value() - width_from_) / tick_frames;
    for (uint32_t n = 0; n < frames; ++n) {
        const auto time = static_cast<float>(tick_frames - tick_left_ + 1 + n);
        const float level = level_from_ + level_step * time;
        const float side_share = 0.5f * (width_from_ + width_step * time);
        float sum_left = 0.0f, sum_right = 0.0f;
        for (uint32_t lane = 0; lane < lanes; lane += 2) {
            sum_left += lanes_.sum[n * lanes + lane];
            sum_right += lanes_.sum[n * lanes + lane + 1];
        }
        const float middle = 0.5f * (sum_left + sum_right), side = side_share * (sum_left - sum_right);
        left[n] = (middle + side) * level;
        right[n] = (middle - side) * level;
    }
}

void Performer::render_voices(const PlanePath& path, uint32_t frames) {
    const uint32_t lanes = context_.simd.lanes, group = lanes / 2;
    std::fill_n(lanes_.sum, frames * lanes, 0.0f);
    for (uint32_t first = 0; first < pool_.size(); first += group) {
        const uint32_t count = std::min(group, pool_.size() - first);
        lanes_.filtered = false;
        for (uint32_t i = 0; i < count; ++i) {
            auto& slot = pool_[first + i];
            slot.voice.render(context_, path, lanes_, 2 * i, slot.delay, frames - slot.delay);
            lanes_.filtered = lanes_.filtered || slot.voice.filtered();
        }
        // Whatever sound is left in an empty place counts for nothing.
        for (uint32_t i = count; i < group; ++i) Ramp().store(lanes_.gain, 2 * i);
        if (lanes_.filtered)
            for (uint32_t i = 0; i < count; ++i) pool_[first + i].voice.lend_filter(lanes_, 2 * i);
        context_.simd.add(lanes_, frames);
        for (uint32_t i = 0; i < count; ++i) {
            auto& slot = pool_[first + i];
            slot.voice.advance(lanes_, 2 * i, frames - slot.delay);
            slot.delay = 0;
            slot.heard = true;
        }
    }
}

} // namespace timbrel
