#include "plugin/engine/performer.h"

#include "plugin/engine/controllers.h"

#include <algorithm>
#include <cmath>

namespace timbrel {

namespace {

constexpr float control_seconds = 0.01f; // in which bend, volume and level reach a new value

float amplitude_of(float level_db) {
    return level_db <= info(Parameter::level).minimum ? 0.0f : std::pow(10.0f, level_db / 20.0f);
}

} // namespace

Performer::Performer(double rate)
    : context_{.rate = rate}, control_rate_(GlideRate::over(control_seconds * static_cast<float>(rate) / tick_frames)) {
    for (size_t i = 0; i < parameter_count; ++i) values_[i] = NAN;
    ParameterValues initial;
    for (size_t i = 0; i < parameter_count; ++i) initial[i] = parameters[i].initial;
    set_parameters(initial);
    reset();
}

bool Performer::set(Parameter parameter, float value) {
    auto& held = values_[static_cast<size_t>(parameter)];
    if (held == value) return false;
    held = value;
    return true;
}

void Performer::set_parameters(const ParameterValues& values) {
    bool envelope = false;
    for (size_t i = 0; i < parameter_count; ++i) {
        const auto parameter = static_cast<Parameter>(i);
        if (!set(parameter, values[i])) continue;
        switch (parameter) {
        case Parameter::x:
            x_.aim(values[i]);
            break;
        case Parameter::y:
            y_.aim(values[i]);
            break;
        case Parameter::glide: {
            const float frames = values[i] * 0.001f * static_cast<float>(context_.rate);
            plane_rate_ = GlideRate::over(frames / tick_frames);
            cv_rate_ = GlideRate::over(frames);
            break;
        }
        case Parameter::level:
            level_.aim(amplitude_of(values[i]));
            break;
        case Parameter::bend_range:
            for (auto& channel : channels_) channel.set_bend_range(values[i]);
            break;
        case Parameter::polyphony:
            pool_.fade_beyond(context_, static_cast<uint32_t>(values[i]));
            break;
        default:
            envelope = true;
            break;
        }
    }
    if (envelope) set_envelope();
}

void Performer::set_envelope() {
    const auto rate = static_cast<float>(context_.rate);
    context_.envelope =
        EnvelopeShape::make(value(Parameter::attack), value(Parameter::decay), value(Parameter::sustain), rate);
    context_.gated = value(Parameter::release_mode) > 0.5f;
    context_.gated_octaves = release_octaves(value(Parameter::release), rate);
}

void Performer::release_all() {
    pool_.release_all();
    for (auto& channel : channels_) channel.reset_controllers();
}

void Performer::reset() {
    pool_.end_all();
    events_.clear();
    for (auto& channel : channels_) channel.reset(value(Parameter::bend_range));
    x_.aim(value(Parameter::x));
    y_.aim(value(Parameter::y));
    cv_x_.jump(0.0f);
    cv_y_.jump(0.0f);
    cv_connected_ = false;
    tick_left_ = 0;
    untouched_ = true;
}

PlanePoint Performer::place() const {
    const float done = 1.0f - static_cast<float>(tick_left_) / tick_frames;
    PlanePath path;
    path.start = {from_.x + (x_.value() - from_.x) * done, from_.y + (y_.value() - from_.y) * done};
    if (cv_connected_) path.start = {path.start.x + cv_x_.value(), path.start.y + cv_y_.value()};
    return path.at(0.0f);
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
    const auto* event = events_.begin();
    for (uint32_t frame = 0; frame < frames;) {
        for (; event != events_.end() && event->frame <= frame; ++event) perform(event->message);
        if (tick_left_ == 0) begin_tick();
        uint32_t stretch = std::min(frames - frame, tick_left_);
        if (event != events_.end()) stretch = std::min(stretch, event->frame - frame);
        render_stretch(left + frame, right + frame, x_cv ? x_cv + frame : nullptr, y_cv ? y_cv + frame : nullptr,
                       stretch);
        frame += stretch;
        tick_left_ -= stretch;
    }
    for (; event != events_.end(); ++event) perform(event->message);
    events_.clear();
}

void Performer::begin_tick() {
    tick_left_ = tick_frames;
    if (untouched_) { // the plane starts where it was set instead of gliding there
        x_.jump(x_.target());
        y_.jump(y_.target());
        level_.jump(level_.target());
        untouched_ = false;
    }
    from_ = {x_.value(), y_.value()};
    x_.step(plane_rate_);
    y_.step(plane_rate_);
    level_from_ = level_.value();
    level_.step(control_rate_);
    for (auto& channel : channels_) channel.step(control_rate_);
    context_.place = {x_.value(), y_.value()};
    if (cv_connected_)
        context_.place = {std::clamp(x_.value() + cv_x_.value(), 0.0f, 1.0f),
                          std::clamp(y_.value() + cv_y_.value(), 0.0f, 1.0f)};
    pool_.end_finished();
    for (uint32_t i = 0; i < pool_.size(); ++i) {
        auto& slot = pool_[i];
        slot.voice.begin_segment(context_, channels_[slot.channel].control(), tick_frames);
    }
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

void Performer::render_stretch(float* left, float* right, const float* x_cv, const float* y_cv, uint32_t frames) {
    follow_cv(x_cv, y_cv, frames);
    const auto done = static_cast<float>(tick_frames - tick_left_ + 1); // a tick's line ends on its last frame
    PlanePath path;
    path.step = {(x_.value() - from_.x) / tick_frames, (y_.value() - from_.y) / tick_frames};
    path.start = {from_.x + path.step.x * done, from_.y + path.step.y * done};
    if (cv_connected_) path.cv_x = cv_path_x_.data(), path.cv_y = cv_path_y_.data();

    alignas(64) float sum_left[tick_frames + simd_slack] = {}, sum_right[tick_frames + simd_slack] = {};
    for (uint32_t i = 0; i < pool_.size(); ++i) {
        pool_[i].voice.render(context_, path, sum_left, sum_right, frames);
        pool_[i].heard = true;
    }
    const float level_step = (level_.value() - level_from_) / tick_frames;
    for (uint32_t n = 0; n < frames; ++n) {
        const float level = level_from_ + level_step * (done + static_cast<float>(n));
        left[n] = sum_left[n] * level;
        right[n] = sum_right[n] * level;
    }
}

} // namespace timbrel
