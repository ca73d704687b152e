// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/audio_engine.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

AudioEngine::AudioEngine(double rate, GestureExchange& gestures, TuningPrograms& tunings, TuningMaster& tuning_master)
    : context_{.rate = rate}, tuning_(tunings), tuning_master_(tuning_master),
      control_rate_(SmootherRate::over(control_seconds * static_cast<float>(rate) / tick_frames)),
      motion_(tick_frames / rate, gestures), lanes_{}, delay_(rate), reverb_(rate), limiter_(rate) {
    context_.gesture = &motion_.gesture();
    context_.modulation = &motion_.modulation();
    context_.jump_rate = SmootherRate::over(jump_smoothing_seconds * static_cast<float>(rate) / tick_frames);
    values_.fill(NAN);
    host_values_.fill(NAN);
    context_.tuning_rate = control_rate_;
    ParameterValues initial;
    for (size_t i = 0; i < parameter_count; ++i) initial[i] = parameters[i].initial;
    set_parameters(initial);
    reset();
}

void AudioEngine::release_all() noexcept TIMBREL_REALTIME {
    context_.frames_after_event = tick_frames_left_;
    pool_.release_all(context_);
    keys_.clear();
    for (auto& channel : channels_) channel.reset_controllers(tick_fraction_left());
}

void AudioEngine::reset() noexcept TIMBREL_REALTIME {
    pool_.end_all();
    delay_.reset();
    reverb_.reset();
    limiter_.reset();
    events_.clear();
    keys_.clear();
    last_pitch_ = -1.0f;
    for (uint8_t channel = 0; channel < channel_count; ++channel)
        channels_[channel].reset(value(Parameter::bend_range));
    apply(Parameter::mpe);
    tuning_.reset_channels();
    motion_.set_x_target(value(Parameter::x), 0.0f);
    motion_.set_y_target(value(Parameter::y), 0.0f);
    restart_motion();
    cv_x_.snap(0.0f);
    cv_y_.snap(0.0f);
    cv_connected_ = false;
    tick_frames_left_ = 0;
    first_render_ = true;
}

PlanePoint AudioEngine::position_at(uint32_t delay) const {
    const float tick_fraction = static_cast<float>(tick_frames - tick_frames_left_ + delay) / tick_frames;
    const PlanePoint start = motion_.tick_start(), position = start + tick_fraction * (motion_.position() - start);
    if (!cv_connected_) return position;
    return position +
           (delay > 0 ? PlanePoint{cv_path_x_[delay], cv_path_y_[delay]} : PlanePoint{cv_x_.value(), cv_y_.value()});
}

uint32_t AudioEngine::active_notes(std::span<ActiveNote> notes) const noexcept TIMBREL_REALTIME {
    uint32_t count = 0;
    for (uint32_t i = 0; i < pool_.size() && count < notes.size(); ++i) {
        const VoicePool::Slot& slot = pool_[i];
        if (!slot.voice.released() && !slot.voice.fading()) notes[count++] = {slot.key, slot.voice.position(context_)};
    }
    return count;
}

void AudioEngine::adopt_bank(BankExchange& banks) {
    ActiveBank* previous = banks.current();
    if (banks.take()) {
        bank_ = banks.current()->bank ? banks.current() : nullptr;
        // Notes of the previous bank play on; notes of still earlier banks are faded.
        for (uint32_t i = 0; i < pool_.size(); ++i)
            if (pool_[i].voice.bank() != previous) pool_[i].voice.fade(context_);
    }
    banks.retire_unused();
}

void AudioEngine::render(BankExchange& banks, float* left, float* right, const float* x_cv, const float* y_cv,
                         uint32_t frames) noexcept TIMBREL_REALTIME {
    adopt_bank(banks);
    if (first_render_) snap_to_targets();
    const auto* event = events_.begin();
    for (uint32_t frame = 0; frame < frames;) {
        if (tick_frames_left_ == 0) {
            follow_tuning_master();
            if (pool_.size() == 0) align_with_transport(frame);
            for (; event != events_.end() && event->frame <= frame; ++event) handle_event(*event, 0);
            begin_tick(frame);
        }
        const uint32_t chunk = std::min(frames - frame, tick_frames_left_);
        const PlanePath path = chunk_path(x_cv ? x_cv + frame : nullptr, y_cv ? y_cv + frame : nullptr, chunk);
        // Notes start on the frame of their message. Everything else takes effect from the next tick on: a release
        // compensates for the delay, and every controller is delayed by exactly one tick.
        for (; event != events_.end() && event->frame < frame + chunk; ++event)
            handle_event(*event, event->frame - frame);
        render_chunk(path, left + frame, right + frame, chunk);
        frame += chunk;
        tick_frames_left_ -= chunk;
    }
    for (; event != events_.end(); ++event) handle_event(*event, 0);
    events_.clear();
    limiter_.process(left, right, frames);
    transport_.end_block(frames);
    if (events_lost_) release_all();
    events_lost_ = false;
}

void AudioEngine::snap_to_targets() {
    for (auto* smoother : {&level_, &width_, &cutoff_, &resonance_, &tune_, &vibrato_depth_, &natural_vibrato_,
                           &natural_pitch_, &layer_})
        smoother->snap(smoother->target());
    motion_.snap_to_targets();
    delay_.snap_to_targets();
    reverb_.snap_to_targets();
    context_.layer = layer_.value();
    context_.natural_vibrato = natural_vibrato_.value();
    context_.natural_pitch = natural_pitch_.value();
    first_render_ = false;
}

PlanePoint AudioEngine::player_offset() {
    const auto* newest = pool_.newest();
    const PlanePoint key = newest ? newest->voice.player_offset() : PlanePoint{0.0f, 0.0f};
    return key + PlanePoint{cv_x_.value(), cv_y_.value()};
}

void AudioEngine::restart_motion() {
    motion_.reset();
    vibrato_phase_ = 0.0;
    vibrato_lfo_ = 0.0f;
}

void AudioEngine::align_with_transport(uint32_t frame) {
    const bool was_stopped = !transport_.rolling();
    const Transport& transport = transport_.step(frame, 0, context_.rate);
    if (was_stopped && transport.rolling) restart_motion();
    motion_.align_to_transport(transport);
    context_.xy = motion_.xy();
}

void AudioEngine::advance_position(uint32_t frame) {
    const Transport& transport = transport_.step(frame, tick_frames, context_.rate);
    delay_.step(transport.beats_per_minute);
    motion_.step(transport, motion_.is_recording() ? player_offset() : PlanePoint{});
    context_.xy = motion_.xy();
    context_.position = motion_.position() + PlanePoint{cv_x_.value(), cv_y_.value()};
}

void AudioEngine::begin_tick(uint32_t frame) {
    tick_frames_left_ = tick_frames;
    advance_position(frame);
    reverb_.step();
    level_start_ = level_.value();
    width_start_ = width_.value();
    layer_start_ = layer_.value();
    for (auto* smoother : {&level_, &width_, &cutoff_, &resonance_, &tune_, &vibrato_depth_, &natural_vibrato_,
                           &natural_pitch_, &layer_})
        smoother->step(control_rate_);
    for (auto& channel : channels_) channel.step(control_rate_);
    vibrato_phase_ += static_cast<double>(value(Parameter::vibrato_rate)) * tick_frames / context_.rate;
    vibrato_phase_ -= std::floor(vibrato_phase_);
    vibrato_lfo_ = static_cast<float>(std::sin(2.0 * M_PI * vibrato_phase_));

    context_.cv_connected = cv_connected_;
    context_.layer = layer_.value();
    context_.natural_vibrato = natural_vibrato_.value();
    context_.natural_pitch = natural_pitch_.value();
    context_.cutoff = cutoff_.value();
    context_.resonance = resonance_.value();
    std::array<ChannelControl, channel_count> controls;
    for (uint8_t channel = 0; channel < channel_count; ++channel) controls[channel] = channel_control(channel);
    for (auto& channel : channels_) channel.end_tick();
    pool_.free_finished();
    for (uint32_t i = 0; i < pool_.size(); ++i)
        dropouts_ += pool_[i].voice.begin_segment(context_, controls[pool_[i].channel], tick_frames) ? 1 : 0;
}

void AudioEngine::smooth_cv(const float* x_cv, const float* y_cv, uint32_t frames) {
    cv_connected_ = x_cv || y_cv || !cv_x_.at_rest() || !cv_y_.at_rest() || cv_x_.value() != 0.0f ||
                    cv_y_.value() != 0.0f; // a disconnected input returns to 0 smoothly
    if (!cv_connected_) return;
    cv_path_x_[0] = cv_x_.value();
    cv_path_y_[0] = cv_y_.value();
    const auto sanitised = [](float value) { return std::isfinite(value) ? std::clamp(value, -1.0f, 1.0f) : 0.0f; };
    for (uint32_t n = 0; n < frames; ++n) {
        cv_x_.set_target(x_cv ? sanitised(x_cv[n]) : 0.0f);
        cv_y_.set_target(y_cv ? sanitised(y_cv[n]) : 0.0f);
        cv_path_x_[n + 1] = cv_x_.step(cv_rate_);
        cv_path_y_[n + 1] = cv_y_.step(cv_rate_);
    }
}

PlanePath AudioEngine::chunk_path(const float* x_cv, const float* y_cv, uint32_t frames) {
    smooth_cv(x_cv, y_cv, frames);
    const auto elapsed =
        static_cast<float>(tick_frames - tick_frames_left_ + 1); // the tick's value is reached on its last frame
    PlanePath path;
    path.step = 1.0f / tick_frames * (motion_.position() - motion_.tick_start());
    path.start = motion_.tick_start() + elapsed * path.step;
    path.layer_step = (layer_.value() - layer_start_) / tick_frames;
    path.layer = layer_start_ + path.layer_step * elapsed;
    if (cv_connected_) path.cv_x = cv_path_x_.data(), path.cv_y = cv_path_y_.data();
    return path;
}

void AudioEngine::render_chunk(const PlanePath& path, float* left, float* right, uint32_t frames) {
    render_voices(path, frames);

    const uint32_t lanes = context_.simd.lanes;
    const float level_step = (level_.value() - level_start_) / tick_frames;
    const float width_step = (width_.value() - width_start_) / tick_frames;
    for (uint32_t n = 0; n < frames; ++n) {
        const auto time = static_cast<float>(tick_frames - tick_frames_left_ + 1 + n);
        const float level = level_start_ + level_step * time;
        const float side_gain = 0.5f * (width_start_ + width_step * time);
        float sum_left = 0.0f, sum_right = 0.0f;
        for (uint32_t lane = 0; lane < lanes; lane += 2) {
            sum_left += lanes_.sum[n * lanes + lane];
            sum_right += lanes_.sum[n * lanes + lane + 1];
        }
        const float middle = 0.5f * (sum_left + sum_right), side = side_gain * (sum_left - sum_right);
        left[n] = (middle + side) * level;
        right[n] = (middle - side) * level;
    }
    if (delay_.active()) delay_.process(left, right, frames);
    if (reverb_.active()) reverb_.process(left, right, frames);
}

void AudioEngine::render_voices(const PlanePath& path, uint32_t frames) {
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
        // Unused lanes keep old samples; a gain of 0 mutes them.
        for (uint32_t i = count; i < group; ++i) Ramp().store(lanes_.gain, 2 * i);
        if (lanes_.filtered)
            for (uint32_t i = 0; i < count; ++i) pool_[first + i].voice.load_filter(lanes_, 2 * i);
        context_.simd.mix_lanes(lanes_, frames);
        for (uint32_t i = 0; i < count; ++i) {
            auto& slot = pool_[first + i];
            slot.voice.advance(lanes_, 2 * i, frames - slot.delay);
            slot.delay = 0;
            slot.rendered = true;
        }
    }
}

} // namespace timbrel::engine
