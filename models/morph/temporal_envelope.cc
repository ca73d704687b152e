// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/temporal_envelope.h"

#include "models/audio/analysis/loudness_weight.h"
#include "models/recipe/recipe.h"
#include "models/tensor/decibels.h"
#include "models/tensor/soft_limit.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int64_t millisecond = model_rate / 1000;  // audio frames
constexpr int64_t loudness_block = model_rate / 10; // audio frames
constexpr double momentary_window = .4;             // seconds (EBU Tech 3341), four blocks
constexpr int64_t late_block = model_rate / 50;     // audio frames

Tensor power_to_db(const Tensor& power) { return 10 * torch::log10(power + 1e-14); }

// Applies the decay of the loop, which is not in the sound, to the power of blocks [positions, blocks].
Tensor decayed(const Tensor& power, const Tensor& decay, double block_seconds, double loop_start) {
    const auto t = (torch::arange(power.size(1), power.options()) + .5) * block_seconds - loop_start;
    return power * db_to_power(-torch::outer(decay, t.clamp_min(0)));
}

// The sound with its loop repeated, for at least `seconds`.
Tensor looped(const Tensor& sound, const LoopRange& loop, double seconds) {
    auto all = sound.slice(2, 0, loop.end > loop.start ? loop.end * hop : sound.size(2));
    const auto wanted = int64_t(seconds * model_rate);
    std::vector<Tensor> parts{all};
    int64_t frames = all.size(2);
    while (loop.end > loop.start && frames < wanted) {
        parts.push_back(sound.slice(2, loop.start * hop, std::min(loop.end * hop, loop.start * hop + wanted - frames)));
        frames += parts.back().size(2);
    }
    return torch::cat(parts, 2);
}

Tensor max_loudness_of(const Tensor& sound, const LoopRange& loop, const Tensor& decay) {
    static const auto weights = [] {
        std::vector<double> w;
        for (int64_t k = 0; k <= loudness_block / 2; ++k)
            w.push_back(2 * audio::loudness_weight(double(k * model_rate) / loudness_block) /
                        double(loudness_block * loudness_block));
        return to_tensor(w);
    }();
    const auto held_note = looped(sound, loop, double(sound.size(2)) / model_rate + momentary_window);
    const int64_t blocks = held_note.size(2) / loudness_block;
    const auto spectra = torch::view_as_real(torch::fft_rfft(
        held_note.slice(2, 0, blocks * loudness_block).reshape({sound.size(0), 2, blocks, loudness_block})));
    const auto power = torch::matmul(spectra.square().sum(-1), weights.to(sound.device())).sum(1);
    const auto audible = decayed(power, decay, double(loudness_block) / model_rate, loop.start / frames_per_second);
    return power_to_db(torch::avg_pool1d(audible.unsqueeze(1), {std::min<int64_t>(4, blocks)}, {1}).amax({1, 2}));
}

// Amplitudes over 10 ms, one each ms: [positions, attack_span − level_window + 1].
Tensor attack_levels(const Tensor& sound) {
    const auto head = sound.slice(2, 0, morph_recipe().attack_span * millisecond);
    const auto energy = head.reshape({sound.size(0), 2, -1, millisecond}).square().sum({1, 3});
    return torch::avg_pool1d(energy.unsqueeze(1), {morph_recipe().attack_level_window}, {1}).squeeze(1).sqrt();
}

Tensor attack_time_of(const Tensor& levels) {
    const auto maximum = std::get<0>(torch::cummax(levels, 1));
    const auto missing = 1 - maximum / maximum.slice(1, -1).clamp_min(1e-9);
    return torch::log((missing.sum(1) + morph_recipe().attack_level_window / 2.) / 1000);
}

// A ramp from 1 at the start to 0 at attack_gain_span.
Tensor attack_ramp(int64_t steps, double steps_per_ms, const torch::TensorOptions& options) {
    return (1 - torch::arange(steps, options) / (steps_per_ms * morph_recipe().attack_gain_span)).clamp_min(0);
}

Tensor late_level_of(const Tensor& sound, const LoopRange& loop, const Tensor& decay) {
    const auto held_note = looped(sound, loop, morph_recipe().late_to);
    const int64_t blocks = held_note.size(2) / late_block;
    const auto power =
        held_note.slice(2, 0, blocks * late_block).reshape({sound.size(0), 2, blocks, late_block}).square().sum({1, 3});
    const double seconds = double(late_block) / model_rate;
    const auto audible = decayed(power, decay, seconds, loop.start / frames_per_second);
    const auto peak = torch::avg_pool1d(audible.unsqueeze(1), {2}, {1}).amax({1, 2});
    const int64_t from = std::min(int64_t(morph_recipe().late_from / seconds), blocks - 1);
    return power_to_db(audible.slice(1, from).mean(1)) - power_to_db(peak);
}

// A lower start delays the attack; its gain is found by bisection. It shrinks with small corrections: the start of a
// sound that falls at once would otherwise drop all the way even for a slightly later attack.
void linearise_attack(Tensor& sound, const Tensor& weights, const Tensor& corners) {
    const auto levels = attack_levels(sound), found = attack_time_of(levels);
    const auto correction =
        limit_to_monotone(found, weights, corners, morph_recipe().attack_curvature, morph_recipe().attack_tolerance) -
        found;
    const auto sign = torch::sign(correction);
    const auto ramp = attack_ramp(levels.size(1), 1, levels.options());
    auto low = torch::zeros_like(correction), high = torch::full_like(correction, 2 * morph_recipe().max_attack_gain);
    for (int i = 0; i < morph_recipe().attack_bisections; ++i) {
        const auto middle = (low + high) / 2;
        const auto change = attack_time_of(levels * db_to_amplitude(torch::outer(-sign * middle, ramp))) - found;
        const auto enough = change * sign >= correction.abs();
        high = torch::where(enough, middle, high);
        low = torch::where(enough, low, middle);
    }
    const auto db = sign * soft_limit(low, morph_recipe().max_attack_gain) *
                    (correction.abs() / morph_recipe().full_attack_correction).clamp_max(1);
    const int64_t frames = morph_recipe().attack_gain_span * millisecond;
    sound.slice(2, 0, frames) *=
        db_to_amplitude(torch::outer(-db, attack_ramp(frames, double(millisecond), sound.options()))).unsqueeze(1);
}

void linearise_late_level(Tensor& sound, const LoopRange& loop, const Tensor& decay, const Tensor& weights,
                          const Tensor& corners) {
    const auto found = late_level_of(sound, loop, decay);
    const auto db = soft_limit(
        limit_to_monotone(found, weights, corners, morph_recipe().late_curvature, morph_recipe().late_tolerance) -
            found,
        morph_recipe().max_late_gain);
    const double to = double(loop.start * hop),
                 from = std::min(morph_recipe().sustain_from * model_rate, morph_recipe().sustain_latest * to);
    const auto ramp = ((torch::arange(sound.size(2), sound.options()) - from) / (to - from)).clamp(0, 1);
    sound *= db_to_amplitude(torch::outer(db, ramp)).unsqueeze(1);
}

} // namespace

TemporalEnvelope measure_temporal_envelope(const Tensor& sound, const LoopRange& loop, const Tensor& decay) {
    return {max_loudness_of(sound, loop, decay), attack_time_of(attack_levels(sound)),
            late_level_of(sound, loop, decay)};
}

void linearise(Tensor& sound, const LoopRange& loop, const Tensor& decay, const Tensor& weights,
               const TemporalEnvelope& corners) {
    linearise_attack(sound, weights, corners.attack_time);
    linearise_late_level(sound, loop, decay, weights, corners.late_level);
    const auto db = torch::mv(weights, corners.max_loudness) - max_loudness_of(sound, loop, decay);
    sound *= db_to_amplitude(db).view({-1, 1, 1});
}

} // namespace timbrel::models
