#include "plugin/engine/voice.h"

#include "plugin/engine/engine_limits.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace timbrel {

namespace {

constexpr double one = 4294967296.0; // 32 bits of fraction
constexpr double least_ratio = 1.0 / 64.0;

} // namespace

void Voice::start(const VoiceContext& context, HeldBank& bank, uint8_t key, float velocity,
                  const ChannelControl& channel, const PlanePath& path) {
    bank_ = &bank;
    source_.start(bank, key, velocity);
    interval_ = static_cast<float>(key) - static_cast<float>(source_.pitch());
    kernel_ = context.kernels.size() - 1; // lets tune() choose any
    tune(context, channel.bend);
    envelope_.start(context.envelope);
    amplitude_ = envelope_.level() * channel.gain;
    amplitude_step_ = 0.0f;

    filled_ = history(context);
    centre_ = uint64_t{filled_} << 32;
    std::fill_n(left_, filled_, 0.0f);
    std::fill_n(right_, filled_, 0.0f);
    const uint32_t lookahead = context.kernels[kernel_].taps / 2 + 1;
    source_.read(context.simd, path, {0.0f, 0.0f}, left_ + filled_, right_ + filled_, lookahead);
    filled_ += lookahead;
}

void Voice::tune(const VoiceContext& context, float bend) {
    bend_ = bend;
    const double ratio = std::exp2((double{interval_} + double{bend}) / 12.0) * source_.rate() / context.rate;
    const double bounded = std::clamp(ratio, least_ratio, resampling_max_ratio);
    step_ = static_cast<uint64_t>(bounded * one);
    // The buffer's history suffices for the next longer kernel, so a fast bend upwards gets there in several ticks.
    kernel_ = std::min(context.kernels.choose(bounded), kernel_ + 1);
}

uint32_t Voice::history(const VoiceContext& context) const {
    return context.kernels[std::min(kernel_ + 1, context.kernels.size() - 1)].taps / 2;
}

bool Voice::finished() const { return envelope_.finished() || source_.silent_frames() > resampling_max_taps; }

void Voice::begin_segment(const VoiceContext& context, const ChannelControl& channel, uint32_t frames) {
    if (channel.bend != bend_) tune(context, channel.bend);
    const bool natural = envelope_.released() && !context.gated;
    const float octaves =
        natural ? release_octaves(source_.release_seconds(context.place), static_cast<float>(context.rate))
                : context.gated_octaves;
    envelope_.advance(context.envelope, octaves, frames);
    const float end = envelope_.level() * channel.gain * source_.fading(context.place);
    amplitude_step_ = (end - amplitude_) / static_cast<float>(frames);
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

void Voice::render(const VoiceContext& context, const PlanePath& path, float* left, float* right, uint32_t frames) {
    const auto& kernel = context.kernels[kernel_];
    const uint64_t last = centre_ + step_ * (frames - 1);
    fill(context, path, static_cast<uint32_t>(last >> 32) + kernel.taps / 2 + 1);
    source_.prefetch(static_cast<uint32_t>((step_ * tick_frames) >> 32));

    alignas(64) float mono_left[tick_frames + simd_slack], mono_right[tick_frames + simd_slack];
    const uint64_t first_tap = centre_ - (uint64_t{kernel.taps / 2 - 1} << 32);
    context.simd.resample({left_, right_, kernel.rows, kernel.taps, first_tap, step_, frames}, mono_left, mono_right);
    context.simd.mix({mono_left, mono_right, amplitude_, amplitude_step_, frames}, left, right);

    amplitude_ += amplitude_step_ * static_cast<float>(frames);
    centre_ += step_ * frames;
    compact(context);
}

void Voice::compact(const VoiceContext& context) {
    if (filled_ <= compact_above) return;
    const uint32_t drop = static_cast<uint32_t>(centre_ >> 32) - history(context);
    std::memmove(left_, left_ + drop, (filled_ - drop) * sizeof(float));
    std::memmove(right_, right_ + drop, (filled_ - drop) * sizeof(float));
    filled_ -= drop;
    centre_ -= uint64_t{drop} << 32;
}

} // namespace timbrel
