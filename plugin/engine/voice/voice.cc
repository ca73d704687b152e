// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/voice/voice.h"

#include "plugin/engine/core/engine_limits.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr double fixed_point_one = 4294967296.0; // 32.32 fixed point
constexpr double min_ratio = 1.0 / 64.0;
constexpr float tracking_key = 60.0f, tracking_velocity = 64.0f; // tracking is 0 here

} // namespace

void Voice::start(const VoiceContext& context, const NoteStart& note, const ChannelControl& channel,
                  PlanePoint position) noexcept TIMBREL_REALTIME {
    bank_ = &note.bank;
    reader_.start(note.bank, note.lookup_pitch, note.velocity);
    key_ = note.key;
    velocity_ = note.velocity;
    raw_velocity_ = note.raw_velocity;
    pressure_ = {0.0f, 0.0f};
    cutoff_drop_ = note.cutoff_drop;
    release_speed_ = 1.0f;
    tuned_pitch_.snap(note.pitch);
    portamento_.snap(note.portamento_start);
    portamento_.set_target(0.0f);
    modulation_.start(*context.modulation, note.number, context.frames_after_event / context.rate);
    width_.snap(modulation_.sum().width);
    kernel_ = context.kernels.size() - 1; // lets tune() choose any kernel
    tune(context, channel.bend + modulation_.sum().pitch);
    envelope_.start(context.envelope);
    amplitude_.snap(envelope_.level() * channel.gain * modulation_.sum().gain);
    low_pass_.start();
    tracking_offset_ = tracking(context);
    x_offset_.snap(channel.offset.x + tracking_offset_.x);
    y_offset_.snap(channel.offset.y + tracking_offset_.y);
    gesture_.start(*context.gesture, context.xy);
    x_.snap(offset().x);
    y_.snap(offset().y);

    filled_ = 0;
    const PlanePoint own_position = within_plane(position + offset());
    vibrato_.start(note.key, reader_.vibrato(own_position));
    source_state_ = prepare_source(context, own_position, tick_frames) ? SourceState::playing : SourceState::starved;
    started_late_ = source_state_ == SourceState::starved;
    if (!started_late_) prime(context, own_position);
}

// Fills the buffer with the input that the kernel covers at the next output frame: silence before, sound after.
void Voice::prime(const VoiceContext& context, PlanePoint position) {
    filled_ = kernel_history(context);
    centre_ = uint64_t{filled_} << 32;
    std::fill_n(left_, filled_, 0.0f);
    std::fill_n(right_, filled_, 0.0f);
    const uint32_t lookahead = context.kernels[kernel_].taps / 2 + 1;
    PlanePath path;
    path.start = position;
    path.layer = context.layer;
    reader_.read(context.simd, path, {0.0f, 0.0f}, left_ + filled_, right_ + filled_, lookahead);
    filled_ += lookahead;
}

bool Voice::prepare_source(const VoiceContext& context, PlanePoint position, uint32_t frames) {
    const auto tick = static_cast<uint32_t>((step_ * tick_frames) >> 32) + 1;
    return reader_.prepare(
        {position, context.layer > 0.0f, tick, frames, context.wait_for_disk, context.cv_connected ? 1.0f : 0.0f});
}

void Voice::change_key(uint8_t key, float to) noexcept TIMBREL_REALTIME {
    const float from = pitch();
    key_ = key;
    tuned_pitch_.snap(to);
    portamento_.snap(from - to);
    portamento_.set_target(0.0f);
}

void Voice::set_pressure(PlanePoint offset, float rest) noexcept TIMBREL_REALTIME {
    x_offset_.set_target(x_offset_.target() + offset.x - pressure_.x, rest);
    y_offset_.set_target(y_offset_.target() + offset.y - pressure_.y, rest);
    pressure_ = offset;
}

void Voice::tune(const VoiceContext& context, float bend) {
    const float interval = pitch() + bend - static_cast<float>(reader_.pitch());
    const double ratio = std::exp2(double{interval} / 12.0) * reader_.rate() / context.rate;
    const double bounded = std::clamp(ratio, min_ratio, resampling_max_ratio);
    interval_ = interval;
    step_ = static_cast<uint64_t>(bounded * fixed_point_one);
    // A longer kernel needs more history in the buffer, so a fast rise reaches the longest kernels in several ticks.
    const uint32_t wanted = std::min(context.kernels.choose(bounded), kernel_ + 1);
    if (wanted <= kernel_ || context.kernels[wanted].taps / 2 <= (centre_ >> 32)) kernel_ = wanted;
}

uint32_t Voice::kernel_history(const VoiceContext& context) const {
    return context.kernels[std::min(kernel_ + 1, context.kernels.size() - 1)].taps / 2;
}

bool Voice::finished() const noexcept TIMBREL_REALTIME {
    return envelope_.finished() || reader_.silent_frames() > resampling_max_taps;
}

PlanePoint Voice::tracking(const VoiceContext& context) const {
    const float octaves = (key_ - tracking_key) / 12.0f, velocity = (raw_velocity_ - tracking_velocity) / 126.0f;
    const ModulationRow& by_key = context.modulation->row(ModulationSource::key);
    const ModulationRow& by_velocity = context.modulation->row(ModulationSource::velocity);
    return {by_key[ModulationTarget::x] * octaves + by_velocity[ModulationTarget::x] * velocity,
            by_key[ModulationTarget::y] * octaves + by_velocity[ModulationTarget::y] * velocity};
}

// As log2 of hertz.
float Voice::cutoff(const VoiceContext& context) const {
    const float by_key = context.modulation->row(ModulationSource::key)[ModulationTarget::cutoff];
    const float by_velocity = context.modulation->row(ModulationSource::velocity)[ModulationTarget::cutoff];
    return context.cutoff + by_key * (key_ - tracking_key) / 12.0f + by_velocity * (velocity_ / 127.0f - 1.0f) -
           cutoff_drop_ + modulation_.sum().cutoff;
}

PlanePoint Voice::position(const VoiceContext& context) const noexcept TIMBREL_REALTIME {
    return within_plane(context.position + offset());
}

PlanePoint Voice::offset() const {
    return gesture_.offset() + PlanePoint{x_offset_.value(), y_offset_.value()} + modulation_.sum().offset;
}

bool Voice::begin_segment(const VoiceContext& context, const ChannelControl& channel,
                          uint32_t frames) noexcept TIMBREL_REALTIME {
    const uint64_t last_step = step_;
    const auto rate = static_cast<float>(context.rate);
    const float seconds = static_cast<float>(frames) / rate;
    modulation_.step(*context.modulation, frames, seconds);
    step_position(context, channel, frames);
    const PlanePoint position = this->position(context);
    step_pitch(context, channel.bend + modulation_.sum().pitch, position, frames);
    step_envelope(context, channel.damping, position, frames);

    const bool readable = prepare_source(context, position, frames);
    const bool dropout = !readable && source_state_ == SourceState::playing;
    source_state_ = readable ? SourceState::playing : dropout ? SourceState::fading_out : SourceState::starved;
    if (dropout && step_ > last_step) {
        // What is in memory suffices for a fade at the last segment's pitch, not at one that has jumped up since.
        step_ = last_step;
        interval_ = NAN; // tunes the next segment
    }
    // While starved, the kernel may outgrow the history in the buffer, so that the buffer must be filled again.
    if (source_state_ == SourceState::starved) filled_ = 0;
    if (readable && filled_ == 0) prime(context, position);
    const float level = readable ? envelope_.level() * channel.gain * reader_.loop_gain(position, context.layer) : 0.0f;
    amplitude_.set_target(level * modulation_.sum().gain, frames);
    width_.set_target(modulation_.sum().width, frames);
    low_pass_.set_target(cutoff(context), context.bypass_octaves, context.resonance, rate, frames);
    return std::exchange(started_late_, false) || dropout;
}

void Voice::step_position(const VoiceContext& context, const ChannelControl& channel, uint32_t frames) {
    tracking_offset_ = tracking(context);
    const PlanePoint target = channel.offset + tracking_offset_ + pressure_;
    x_offset_.set_target(target.x, channel.offset_tick_fraction);
    y_offset_.set_target(target.y, channel.offset_tick_fraction);
    x_offset_.step(context.glide_rate);
    y_offset_.step(context.glide_rate);
    gesture_.step(*context.gesture, static_cast<float>(frames) / tick_frames, context.jump_rate, context.xy);
    x_.set_target(offset().x, frames);
    y_.set_target(offset().y, frames);
}

// Semitones by which the recordings' pitch moves in the middle of the coming segment.
float Voice::natural_movement(const VoiceContext& context, PlanePoint position, uint32_t frames) {
    const bool vibrates = context.natural_vibrato > 0.0f;
    const float seconds = static_cast<float>(frames) / static_cast<float>(context.rate);
    float movement =
        context.natural_vibrato * vibrato_.step(vibrates ? reader_.vibrato(position) : NaturalVibrato(), seconds);
    if (context.natural_pitch > 0.0f) {
        const double read = filled_ == 0 ? 0.0 : filled_ - static_cast<double>(centre_) / fixed_point_one;
        const double played = static_cast<double>(step_) / fixed_point_one * frames;
        movement += context.natural_pitch * reader_.pitch_offset(position, read - 0.5 * played);
    }
    return movement;
}

void Voice::step_pitch(const VoiceContext& context, float bend, PlanePoint position, uint32_t frames) {
    tuned_pitch_.step(context.tuning_rate);
    portamento_.step(context.portamento_rate);
    if (reader_.pitch_moves()) bend += natural_movement(context, position, frames);
    if (pitch() + bend - static_cast<float>(reader_.pitch()) != interval_) tune(context, bend);
}

void Voice::step_envelope(const VoiceContext& context, float damping, PlanePoint position, uint32_t frames) {
    const auto rate = static_cast<float>(context.rate);
    const bool natural = envelope_.released() && !context.use_gated_release;
    const float octaves =
        natural ? release_octaves(reader_.release_seconds(position, context.layer), rate) : context.gated_release;
    envelope_.advance(context.envelope, octaves * release_speed_ * damping, frames);
}

void Voice::fill(const VoiceContext& context, const PlanePath& path, uint32_t filled) {
    if (filled <= filled_) return;
    // An input frame is blended for the position at the output time at which the kernel first covers it.
    const uint64_t first_centre = uint64_t{filled_ - context.kernels[kernel_].taps / 2} << 32;
    const double per_frame = fixed_point_one / static_cast<double>(step_);
    const double start =
        static_cast<double>(static_cast<int64_t>(first_centre - centre_)) / fixed_point_one * per_frame;
    reader_.read(context.simd, path, {static_cast<float>(start), static_cast<float>(per_frame)}, left_ + filled_,
                 right_ + filled_, filled - filled_);
    filled_ = filled;
}

void Voice::render(const VoiceContext& context, const PlanePath& path, LaneRun& run, uint32_t lane, uint32_t delay,
                   uint32_t frames) noexcept TIMBREL_REALTIME {
    amplitude_.store(run.gain, lane);
    run.elapsed[lane] = run.elapsed[lane + 1] = amplitude_.frames - static_cast<float>(delay);
    const uint32_t lanes = context.simd.lanes;
    float* const out = run.sound + lane;
    const uint32_t silent = source_state_ == SourceState::starved ? delay + frames : delay;
    for (uint32_t n = 0; n < silent; ++n) out[n * lanes] = out[n * lanes + 1] = 0.0f;
    if (source_state_ == SourceState::starved) return;

    const auto& kernel = context.kernels[kernel_];
    const uint64_t last = centre_ + step_ * (frames - 1);
    PlanePath note_path = path.shifted(delay);
    note_path.start = note_path.start + PlanePoint{x_.value() + x_.step, y_.value() + y_.step};
    note_path.step = note_path.step + PlanePoint{x_.step, y_.step};
    fill(context, note_path, static_cast<uint32_t>(last >> 32) + kernel.taps / 2 + 1);
    reader_.prefetch(static_cast<uint32_t>((step_ * tick_frames) >> 32));

    const uint64_t first_tap = centre_ - (uint64_t{kernel.taps / 2 - 1} << 32);
    context.simd.resample({left_, right_, kernel.rows, kernel.taps, first_tap, step_, frames, lanes},
                          out + delay * lanes);
    if (width_.start != 1.0f || width_.step != 0.0f) apply_width(out + delay * lanes, lanes, frames);

    centre_ += step_ * frames;
    compact(context);
}

void Voice::apply_width(float* out, uint32_t lanes, uint32_t frames) const {
    for (uint32_t n = 0; n < frames; ++n, out += lanes) {
        const float width = width_.start + width_.step * (width_.frames + static_cast<float>(n + 1));
        const float middle = 0.5f * (out[0] + out[1]), side = 0.5f * width * (out[0] - out[1]);
        out[0] = middle + side;
        out[1] = middle - side;
    }
}

void Voice::advance(const LaneRun& run, uint32_t lane, uint32_t frames) noexcept TIMBREL_REALTIME {
    for (auto* ramp : {&amplitude_, &x_, &y_, &width_}) ramp->advance(frames);
    reader_.advance(frames);
    if (low_pass_.active()) low_pass_.store(run, lane, frames);
}

void Voice::compact(const VoiceContext& context) {
    if (filled_ <= compact_above) return;
    const uint32_t drop = static_cast<uint32_t>(centre_ >> 32) - kernel_history(context);
    std::memmove(left_, left_ + drop, (filled_ - drop) * sizeof(float));
    std::memmove(right_, right_ + drop, (filled_ - drop) * sizeof(float));
    filled_ -= drop;
    centre_ -= uint64_t{drop} << 32;
}

} // namespace timbrel::engine
