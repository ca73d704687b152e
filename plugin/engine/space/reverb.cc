// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/engine/space/reverb.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace timbrel::engine {

namespace {

// Of the lines at full size, in ms: from one reflection to the walls of a large hall, and no two in a simple ratio.
constexpr float line_milliseconds[] = {11.31f, 13.87f, 16.69f, 19.43f, 22.73f, 25.57f, 29.29f, 32.71f,
                                       36.83f, 41.09f, 46.07f, 51.53f, 57.89f, 64.33f, 71.81f, 80.47f};
constexpr double diffuser_milliseconds[] = {4.771, 12.73, 3.595, 9.307};
constexpr float diffusion = 0.6f;
constexpr double crossover_hertz = 3000.0;
constexpr float octaves_in_60_db = 9.965784f;
constexpr double rotation_radians = 0.9, slowest_rotation_hertz = 0.13, fastest_rotation_hertz = 0.71;
constexpr double fade_seconds = 0.08; // from one size to another

// Signs of the lines in the left and right output. Like the inputs, the rows are orthogonal.
constexpr float left_signs[] = {1, 1, -1, -1, 1, -1, 1, -1, 1, 1, -1, 1, -1, -1, 1, -1};
constexpr float right_signs[] = {1, -1, 1, -1, 1, 1, -1, -1, -1, 1, 1, -1, -1, 1, 1, -1};

float finite(float sample) { return std::isfinite(sample) ? sample : 0.0f; }

uint32_t frames_of(double milliseconds, double rate) {
    return std::max(1u, static_cast<uint32_t>(std::lround(milliseconds * rate / 1000.0)));
}

} // namespace

float Reverb::AllPass::process(float in) noexcept TIMBREL_REALTIME {
    const auto size = static_cast<uint32_t>(buffer_.size());
    const float delayed = written_ < size ? 0.0f : buffer_[next_];
    const float stored = in + diffusion * delayed;
    buffer_[next_] = stored;
    next_ = next_ + 1 == size ? 0 : next_ + 1;
    written_ = std::min(written_ + 1, size);
    return delayed - diffusion * stored;
}

Reverb::Reverb(double rate)
    : rate_(rate), smoothing_(SmootherRate::over(jump_smoothing_seconds * static_cast<float>(rate) / tick_frames)),
      crossover_(static_cast<float>(std::tan(std::numbers::pi * std::min(crossover_hertz / rate, 0.4)))),
      diffusers_{AllPass(frames_of(diffuser_milliseconds[0], rate)), AllPass(frames_of(diffuser_milliseconds[1], rate)),
                 AllPass(frames_of(diffuser_milliseconds[2], rate)),
                 AllPass(frames_of(diffuser_milliseconds[3], rate))},
      fade_step_(static_cast<float>(1.0 / (fade_seconds * rate))) {
    const uint32_t ring = std::bit_ceil(frames_of(double{line_milliseconds[line_count - 1]}, rate) + 1);
    mask_ = ring - 1;
    rings_.resize(size_t{ring} * line_count);
}

void Reverb::set(const Settings& settings) noexcept TIMBREL_REALTIME {
    settings_ = settings;
    decay_.set_target(std::log2(settings.decay_seconds));
    damping_.set_target(settings.damping);
    mix_.set_target(settings.mix);
    settled_ = false;
}

void Reverb::snap_to_targets() noexcept TIMBREL_REALTIME {
    decay_.snap(decay_.target());
    damping_.snap(damping_.target());
    mix_.snap_to_target();
    reset();
}

void Reverb::reset() noexcept TIMBREL_REALTIME { written_ = 0; }

Reverb::Lengths Reverb::lengths_for(float size) const {
    Lengths lengths;
    for (uint32_t i = 0; i < line_count; ++i) lengths[i] = frames_of(double{size * line_milliseconds[i]}, rate_);
    return lengths;
}

void Reverb::restart() {
    lengths_ = next_lengths_ = lengths_for(settings_.size);
    fade_ = 0.0f;
    for (AllPass& diffuser : diffusers_) diffuser.clear();
    last_in_.fill(0.0f);
    last_out_.fill(0.0f);
    for (uint32_t i = 0; i < pair_count; ++i) turns_[i] = static_cast<double>(i) / pair_count;
    turn_pairs();
    aim_coefficients();
    input_gain_.snap(input_gain_end_);
}

// Sets where the filters' coefficients are at the tick's end.
void Reverb::aim_coefficients() {
    const float fade_end = fade_ > 0.0f ? std::min(1.0f, fade_ + fade_step_ * tick_frames) : 0.0f;
    const float octaves_per_frame = octaves_in_60_db / (std::exp2(decay_.value()) * static_cast<float>(rate_));
    const float high_ratio = std::pow(10.0f, damping_.value());
    float energy = 0.0f;
    for (uint32_t i = 0; i < line_count; ++i) {
        const auto from = static_cast<float>(lengths_[i]), to = static_cast<float>(next_lengths_[i]);
        const float octaves = octaves_per_frame * (from + fade_end * (to - from));
        const float low = std::exp2(-octaves), high = std::exp2(-octaves * high_ratio);
        b0_end_[i] = (high + low * crossover_) / (1.0f + crossover_);
        b1_end_[i] = (low * crossover_ - high) / (1.0f + crossover_);
        energy += low * low / line_count;
    }
    // An impulse comes back with its energy, however long the decay.
    input_gain_end_ = std::sqrt(1.0f - energy);
}

void Reverb::turn_pairs() {
    for (uint32_t i = 0; i < pair_count; ++i) {
        const double hertz =
            slowest_rotation_hertz + (fastest_rotation_hertz - slowest_rotation_hertz) * i / (pair_count - 1);
        turns_[i] += hertz * tick_frames / rate_;
        turns_[i] -= std::floor(turns_[i]);
        const double angle = rotation_radians * std::sin(2.0 * std::numbers::pi * turns_[i]);
        cosine_end_[i] = static_cast<float>(std::cos(angle));
        sine_end_[i] = static_cast<float>(std::sin(angle));
    }
}

void Reverb::step() noexcept TIMBREL_REALTIME {
    if (mix_.step(smoothing_)) reset();
    if (!mix_.active()) return;
    if (written_ == 0) {
        decay_.snap(decay_.target());
        damping_.snap(damping_.target());
        restart();
        settled_ = false;
    }
    b0_ = b0_end_, b1_ = b1_end_, cosine_ = cosine_end_, sine_ = sine_end_;
    if (!settled_) {
        decay_.step(smoothing_);
        damping_.step(smoothing_);
        if (fade_ == 0.0f) {
            next_lengths_ = lengths_for(settings_.size);
            if (next_lengths_ != lengths_) fade_ = fade_step_;
        }
        aim_coefficients();
        settled_ = decay_.at_rest() && damping_.at_rest() && fade_ == 0.0f;
    }
    input_gain_.set_target(input_gain_end_, tick_frames);
    turn_pairs();
    constexpr float per_frame = 1.0f / tick_frames;
    for (uint32_t i = 0; i < line_count; ++i) {
        b0_step_[i] = (b0_end_[i] - b0_[i]) * per_frame;
        b1_step_[i] = (b1_end_[i] - b1_[i]) * per_frame;
    }
    for (uint32_t i = 0; i < pair_count; ++i) {
        cosine_step_[i] = (cosine_end_[i] - cosine_[i]) * per_frame;
        sine_step_[i] = (sine_end_[i] - sine_[i]) * per_frame;
    }
}

// The line's input `length` frames ago.
float Reverb::read(uint32_t line, uint32_t length) const {
    return length > written_ ? 0.0f : rings_[size_t{line} * (mask_ + 1) + ((next_ - length) & mask_)];
}

void Reverb::read_lines(Lines& lines) {
    for (uint32_t i = 0; i < line_count; ++i) lines[i] = read(i, lengths_[i]);
    if (fade_ == 0.0f) return;
    for (uint32_t i = 0; i < line_count; ++i) lines[i] += fade_ * (read(i, next_lengths_[i]) - lines[i]);
    fade_ += fade_step_;
    if (fade_ >= 1.0f) lengths_ = next_lengths_, fade_ = 0.0f;
}

void Reverb::filter(Lines& lines) {
    const float pole = (crossover_ - 1.0f) / (crossover_ + 1.0f);
    for (uint32_t i = 0; i < line_count; ++i) {
        b0_[i] += b0_step_[i];
        b1_[i] += b1_step_[i];
        last_out_[i] = b0_[i] * lines[i] + b1_[i] * last_in_[i] - pole * last_out_[i];
    }
    last_in_ = lines;
    lines = last_out_;
}

// Rotates the pairs and applies Hadamard's matrix.
void Reverb::mix_lines(Lines& lines) const {
    for (uint32_t i = 0; i < pair_count; ++i) {
        const float first = lines[i], second = lines[i + pair_count];
        lines[i] = cosine_[i] * first - sine_[i] * second;
        lines[i + pair_count] = sine_[i] * first + cosine_[i] * second;
    }
    for (uint32_t distance = pair_count; distance > 0; distance /= 2) {
        const Lines before = lines;
        for (uint32_t i = 0; i < line_count; ++i)
            lines[i] = (i & distance) == 0 ? before[i] + before[i + distance] : before[i - distance] - before[i];
    }
    for (float& line : lines) line *= 0.25f; // 1 / sqrt(line_count)
}

void Reverb::process_frame(float& left, float& right, float time) {
    alignas(64) Lines lines;
    read_lines(lines);
    filter(lines);
    float wet_left = 0.0f, wet_right = 0.0f;
    for (uint32_t i = 0; i < line_count; ++i) {
        wet_left += left_signs[i] * lines[i];
        wet_right += right_signs[i] * lines[i];
    }
    for (uint32_t i = 0; i < pair_count; ++i) cosine_[i] += cosine_step_[i], sine_[i] += sine_step_[i];
    mix_lines(lines);
    const float gain = input_gain_.start + input_gain_.step * (input_gain_.frames + time);
    constexpr float spread = 0.35355339f; // 1 / sqrt(pair_count): each channel enters every other line
    const float in_left = gain * spread * diffusers_[1].process(diffusers_[0].process(finite(left)));
    const float in_right = gain * spread * diffusers_[3].process(diffusers_[2].process(finite(right)));
    for (uint32_t i = 0; i < line_count; i += 2) {
        const float sign = (i & 2) == 0 ? 1.0f : -1.0f;
        rings_[size_t{i} * (mask_ + 1) + next_] = lines[i] + sign * in_left;
        rings_[size_t{i + 1} * (mask_ + 1) + next_] = lines[i + 1] + sign * in_right;
    }
    next_ = (next_ + 1) & mask_;
    written_ = std::min(written_ + 1, mask_);
    constexpr float output_gain = 0.70710678f; // both channels together have the lines' energy
    left = mix_.apply(left, output_gain * wet_left, time);
    right = mix_.apply(right, output_gain * wet_right, time);
}

void Reverb::process(float* left, float* right, uint32_t frames) noexcept TIMBREL_REALTIME {
    for (uint32_t n = 0; n < frames; ++n) process_frame(left[n], right[n], static_cast<float>(n + 1));
    mix_.advance(frames);
    input_gain_.advance(frames);
}

} // namespace timbrel::engine
