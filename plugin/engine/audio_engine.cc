#include "plugin/engine/audio_engine.h"

#include <algorithm>
#include <cmath>

namespace timbrel::engine {

Performer::Performer(double rate, GestureHandover& gestures, TuningPrograms& tunings)
    : context_{.rate = rate}, tuning_(tunings),
      control_rate_(GlideRate::over(control_seconds * static_cast<float>(rate) / tick_frames)),
      motion_(tick_frames / rate, gestures), lanes_{} {
    context_.gesture = &motion_.gesture();
    context_.splice_rate = GlideRate::over(splice_seconds * static_cast<float>(rate) / tick_frames);
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
    for (auto& channel : channels_) channel.reset_controllers(rest_of_tick());
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
    motion_.aim_x(value(Parameter::x), 0.0f);
    motion_.aim_y(value(Parameter::y), 0.0f);
    begin_motion_anew();
    cv_x_.jump(0.0f);
    cv_y_.jump(0.0f);
    cv_connected_ = false;
    tick_left_ = 0;
    untouched_ = true;
}

PlanePoint Performer::place_after(uint32_t delay) const {
    const float done = static_cast<float>(tick_frames - tick_left_ + delay) / tick_frames;
    const PlanePoint from = motion_.from(), place = from + done * (motion_.place() - from);
    if (!cv_connected_) return place;
    return place +
           (delay > 0 ? PlanePoint{cv_path_x_[delay], cv_path_y_[delay]} : PlanePoint{cv_x_.value(), cv_y_.value()});
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
            if (pool_.size() == 0) rejoin_song(frame);
            for (; event != events_.end() && event->frame <= frame; ++event) perform(*event, 0);
            begin_tick(frame);
        }
        const uint32_t stretch = std::min(frames - frame, tick_left_);
        const PlanePath path = path_of_stretch(x_cv ? x_cv + frame : nullptr, y_cv ? y_cv + frame : nullptr, stretch);
        // Notes begin on their very frame. What else a message does is heard from the next tick on: a release makes up
        // for the wait, and controllers are all late by just one tick.
        for (; event != events_.end() && event->frame < frame + stretch; ++event) perform(*event, event->frame - frame);
        render_stretch(path, left + frame, right + frame, stretch);
        frame += stretch;
        tick_left_ -= stretch;
    }
    for (; event != events_.end(); ++event) perform(*event, 0);
    events_.clear();
    song_.end_block(frames);
    if (lost_events_) release_all();
    lost_events_ = false;
}

void Performer::start_where_set() {
    for (auto* glide : {&level_, &width_, &cutoff_, &resonance_, &tune_, &vibrato_depth_, &natural_vibrato_, &layer_})
        glide->jump(glide->target());
    motion_.end_glides();
    context_.layer = layer_.value();
    context_.natural_vibrato = natural_vibrato_.value();
    untouched_ = false;
}

// What the player's fingers add to X and Y: the audio-rate input, and what the newest note's key does.
PlanePoint Performer::fingers() {
    const auto* newest = pool_.newest();
    const PlanePoint key = newest ? newest->voice.fingers() : PlanePoint{0.0f, 0.0f};
    return key + PlanePoint{cv_x_.value(), cv_y_.value()};
}

void Performer::begin_motion_anew() {
    motion_.reset();
    vibrato_phase_ = 0.0;
    vibrato_ = 0.0f;
}

void Performer::rejoin_song(uint32_t frame) {
    const bool stood = !song_.rolling();
    const Transport& song = song_.step(frame, 0, context_.rate);
    if (stood && song.rolling) begin_motion_anew();
    motion_.rejoin(song);
    context_.xy = motion_.xy();
}

void Performer::move_place(uint32_t frame) {
    motion_.step(song_.step(frame, tick_frames, context_.rate), motion_.records() ? fingers() : PlanePoint{});
    context_.xy = motion_.xy();
    context_.place = motion_.place() + PlanePoint{cv_x_.value(), cv_y_.value()};
}

void Performer::begin_tick(uint32_t frame) {
    tick_left_ = tick_frames;
    move_place(frame);
    level_from_ = level_.value();
    width_from_ = width_.value();
    layer_from_ = layer_.value();
    for (auto* glide : {&level_, &width_, &cutoff_, &resonance_, &tune_, &vibrato_depth_, &natural_vibrato_, &layer_})
        glide->step(control_rate_);
    for (auto& channel : channels_) channel.step(control_rate_);
    vibrato_phase_ += static_cast<double>(value(Parameter::vibrato_rate)) * tick_frames / context_.rate;
    vibrato_phase_ -= std::floor(vibrato_phase_);
    vibrato_ = static_cast<float>(std::sin(2.0 * M_PI * vibrato_phase_));

    context_.layer = layer_.value();
    context_.natural_vibrato = natural_vibrato_.value();
    context_.cutoff = cutoff_.value();
    context_.resonance = resonance_.value();
    std::array<ChannelControl, 16> controls;
    for (uint8_t channel = 0; channel < controls.size(); ++channel) controls[channel] = control_of(channel);
    for (auto& channel : channels_) channel.end_tick();
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
    path.step = 1.0f / tick_frames * (motion_.place() - motion_.from());
    path.start = motion_.from() + done * path.step;
    path.layer_step = (layer_.value() - layer_from_) / tick_frames;
    path.layer = layer_from_ + path.layer_step * done;
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

} // namespace timbrel::engine
