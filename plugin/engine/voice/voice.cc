#include "plugin/engine/voice/voice.h"

#include "plugin/engine/core/engine_limits.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace timbrel::engine {

namespace {

constexpr double one = 4294967296.0; // 32 bits of fraction
constexpr double least_ratio = 1.0 / 64.0;
constexpr float middle_key = 60.0f, middle_touch = 64.0f; // where tracking changes nothing

} // namespace

void Voice::start(const VoiceContext& context, const NoteStart& note, const ChannelControl& channel, PlanePoint place) {
    bank_ = &note.bank;
    source_.start(note.bank, note.nearest, note.velocity);
    key_ = note.key;
    velocity_ = note.velocity;
    touch_ = note.touch;
    pressure_ = {0.0f, 0.0f};
    shade_ = note.shade;
    release_speed_ = 1.0f;
    tuned_.jump(note.pitch);
    slide_.jump(note.slide);
    slide_.aim(0.0f);
    vibrato_.start(note.key);
    kernel_ = context.kernels.size() - 1; // lets tune() choose any
    tune(context, channel.bend);
    envelope_.start(context.envelope);
    amplitude_.jump(envelope_.level() * channel.gain);
    low_pass_.start();
    tracked_ = tracking(context);
    x_offset_.jump(channel.offset.x + tracked_.x);
    y_offset_.jump(channel.offset.y + tracked_.y);
    gesture_.start(*context.gesture, context.xy);
    x_.jump(offset().x);
    y_.jump(offset().y);

    filled_ = 0;
    const PlanePoint own = within_plane(place + offset());
    supply_ = look_ahead(context, own, tick_frames) ? Supply::flows : Supply::dry;
    late_ = supply_ == Supply::dry;
    if (!late_) prime(context, own);
}

// Reads what the kernel sees at the note's first frame.
void Voice::prime(const VoiceContext& context, PlanePoint place) {
    filled_ = history(context);
    centre_ = uint64_t{filled_} << 32;
    std::fill_n(left_, filled_, 0.0f);
    std::fill_n(right_, filled_, 0.0f);
    const uint32_t lookahead = context.kernels[kernel_].taps / 2 + 1;
    PlanePath path;
    path.start = place;
    path.layer = context.layer;
    source_.read(context.simd, path, {0.0f, 0.0f}, left_ + filled_, right_ + filled_, lookahead);
    filled_ += lookahead;
}

bool Voice::look_ahead(const VoiceContext& context, PlanePoint place, uint32_t frames) {
    const auto tick = static_cast<uint32_t>((step_ * tick_frames) >> 32) + 1;
    return source_.look_ahead({place, context.layer > 0.0f, tick, frames, context.waits});
}

void Voice::change_key(uint8_t key, float to) {
    const float from = pitch();
    key_ = key;
    tuned_.jump(to);
    slide_.jump(from - to);
    slide_.aim(0.0f);
}

void Voice::set_pressure(PlanePoint offset, float rest) {
    x_offset_.aim(x_offset_.target() + offset.x - pressure_.x, rest);
    y_offset_.aim(y_offset_.target() + offset.y - pressure_.y, rest);
    pressure_ = offset;
}

void Voice::tune(const VoiceContext& context, float bend) {
    const float interval = pitch() + bend - static_cast<float>(source_.pitch());
    const double ratio = std::exp2(double{interval} / 12.0) * source_.rate() / context.rate;
    const double bounded = std::clamp(ratio, least_ratio, resampling_max_ratio);
    interval_ = interval;
    step_ = static_cast<uint64_t>(bounded * one);
    // A fast rise gets to the longest kernels in several ticks, as the buffer's history grows long enough for them.
    const uint32_t wanted = std::min(context.kernels.choose(bounded), kernel_ + 1);
    if (wanted <= kernel_ || context.kernels[wanted].taps / 2 <= (centre_ >> 32)) kernel_ = wanted;
}

uint32_t Voice::history(const VoiceContext& context) const {
    return context.kernels[std::min(kernel_ + 1, context.kernels.size() - 1)].taps / 2;
}

bool Voice::finished() const { return envelope_.finished() || source_.silent_frames() > resampling_max_taps; }

PlanePoint Voice::tracking(const VoiceContext& context) const {
    const float octaves = (key_ - middle_key) / 12.0f, touch = (touch_ - middle_touch) / 126.0f;
    return {context.by_key.x * octaves + context.by_velocity.x * touch,
            context.by_key.y * octaves + context.by_velocity.y * touch};
}

PlanePoint Voice::own_place(const VoiceContext& context) const { return within_plane(context.place + offset()); }

PlanePoint Voice::offset() const { return gesture_.offset() + PlanePoint{x_offset_.value(), y_offset_.value()}; }

bool Voice::begin_segment(const VoiceContext& context, const ChannelControl& channel, uint32_t frames) {
    tuned_.step(context.tuning_rate);
    slide_.step(context.slide_rate);
    tracked_ = tracking(context);
    x_offset_.aim(channel.offset.x + tracked_.x + pressure_.x, channel.offset_rest);
    y_offset_.aim(channel.offset.y + tracked_.y + pressure_.y, channel.offset_rest);
    x_offset_.step(context.plane_rate);
    y_offset_.step(context.plane_rate);
    gesture_.step(*context.gesture, static_cast<float>(frames) / tick_frames, context.splice_rate, context.xy);
    x_.aim(offset().x, frames);
    y_.aim(offset().y, frames);
    const PlanePoint place = own_place(context);

    const auto rate = static_cast<float>(context.rate);
    const float seconds = static_cast<float>(frames) / rate;
    const bool swings = context.natural_vibrato > 0.0f;
    const float vibrato = vibrato_.step(swings ? source_.vibrato(place) : NaturalVibrato(), seconds);
    const float bend = channel.bend + context.natural_vibrato * vibrato;
    if (pitch() + bend - static_cast<float>(source_.pitch()) != interval_) tune(context, bend);

    const bool natural = envelope_.released() && !context.gated;
    const float octaves =
        natural ? release_octaves(source_.release_seconds(place, context.layer), rate) : context.gated_octaves;
    envelope_.advance(context.envelope, octaves * release_speed_ * channel.damping, frames);

    const bool supplied = look_ahead(context, place, frames);
    const bool missed = !supplied && supply_ == Supply::flows;
    supply_ = supplied ? Supply::flows : missed ? Supply::ebbs : Supply::dry;
    if (supply_ == Supply::dry) filled_ = 0; // the kernel may outgrow the buffer's history meanwhile
    if (supplied && filled_ == 0) prime(context, place);
    const float level = supplied ? envelope_.level() * channel.gain * source_.fading(place, context.layer) : 0.0f;
    amplitude_.aim(level, frames);

    const float cutoff = context.cutoff + context.cutoff_key * (key_ - middle_key) / 12.0f +
                         context.cutoff_velocity * (velocity_ / 127.0f - 1.0f) - shade_;
    low_pass_.aim(cutoff, context.open_octaves, context.resonance, rate, frames);
    return std::exchange(late_, false) || missed;
}

void Voice::fill(const VoiceContext& context, const PlanePath& path, uint32_t filled) {
    if (filled <= filled_) return;
    // A frame is blended when the kernel first reaches it, so that is the time that decides its place on the plane.
    const uint64_t reach = uint64_t{filled_ - context.kernels[kernel_].taps / 2} << 32;
    const double per_frame = one / static_cast<double>(step_);
    const double start = static_cast<double>(static_cast<int64_t>(reach - centre_)) / one * per_frame;
    source_.read(context.simd, path, {static_cast<float>(start), static_cast<float>(per_frame)}, left_ + filled_,
                 right_ + filled_, filled - filled_);
    filled_ = filled;
}

void Voice::render(const VoiceContext& context, const PlanePath& path, LaneRun& run, uint32_t lane, uint32_t delay,
                   uint32_t frames) {
    amplitude_.store(run.gain, lane);
    run.done[lane] = run.done[lane + 1] = amplitude_.done - static_cast<float>(delay);
    const uint32_t lanes = context.simd.lanes;
    float* const out = run.sound + lane;
    const uint32_t silent = supply_ == Supply::dry ? delay + frames : delay;
    for (uint32_t n = 0; n < silent; ++n) out[n * lanes] = out[n * lanes + 1] = 0.0f;
    if (supply_ == Supply::dry) return;

    const auto& kernel = context.kernels[kernel_];
    const uint64_t last = centre_ + step_ * (frames - 1);
    PlanePath own = path.later(delay);
    own.start = own.start + PlanePoint{x_.value() + x_.step, y_.value() + y_.step};
    own.step = own.step + PlanePoint{x_.step, y_.step};
    fill(context, own, static_cast<uint32_t>(last >> 32) + kernel.taps / 2 + 1);
    source_.prefetch(static_cast<uint32_t>((step_ * tick_frames) >> 32));

    const uint64_t first_tap = centre_ - (uint64_t{kernel.taps / 2 - 1} << 32);
    context.simd.resample({left_, right_, kernel.rows, kernel.taps, first_tap, step_, frames, lanes},
                          out + delay * lanes);

    centre_ += step_ * frames;
    compact(context);
}

void Voice::advance(const LaneRun& run, uint32_t lane, uint32_t frames) {
    for (auto* ramp : {&amplitude_, &x_, &y_}) ramp->advance(frames);
    source_.advance(frames);
    if (low_pass_.active()) low_pass_.store(run, lane, frames);
}

void Voice::compact(const VoiceContext& context) {
    if (filled_ <= compact_above) return;
    const uint32_t drop = static_cast<uint32_t>(centre_ >> 32) - history(context);
    std::memmove(left_, left_ + drop, (filled_ - drop) * sizeof(float));
    std::memmove(right_, right_ + drop, (filled_ - drop) * sizeof(float));
    filled_ -= drop;
    centre_ -= uint64_t{drop} << 32;
}

} // namespace timbrel::engine
