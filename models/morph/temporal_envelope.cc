#include "models/morph/temporal_envelope.h"

#include "models/audio/analysis/loudness_weight.h"
#include "models/tensor/soft_limit.h"

#include <algorithm>

namespace timbrel::models {
namespace {

constexpr int64_t millisecond = model_rate / 1000;
constexpr int64_t level_window = 10, rise_span = 300, bent_span = 200; // ms
constexpr int64_t loudness_block = model_rate / 10;
constexpr int64_t late_block = model_rate / 50;
constexpr double late_from = 1.5, late_to = 2.5, bending_from = .3; // seconds
constexpr double shortest_bend = .8;                                // of the way to the loop, which begins level
constexpr double most_rise = 6, most_late = 6;                      // dB
constexpr double rise_slack = .1;                                   // of the time
constexpr double full_need = .2;                                    // ln of the time, from which on all is done for it
constexpr double late_bend = .5, late_slack = .25;                  // so that half way stays half way; dB
constexpr int halvings = 14;

Tensor decibels(const Tensor& power) { return 10 * torch::log10(power + 1e-14); }
Tensor amplitude(const Tensor& db) { return torch::pow(10, db / 20); }

// The power of blocks of looped sound with the loop's decay, which is not in the sound: [places, blocks].
Tensor block_power(const Tensor& power, const Tensor& decay, double block_seconds, double loop_start) {
    const auto t = (torch::arange(power.size(1), power.options()) + .5) * block_seconds - loop_start;
    return power * torch::pow(10, -torch::outer(decay, t.clamp_min(0)) / 10);
}

// At least `seconds` of the sound, its loop again and again.
Tensor looped(const Tensor& sound, const LoopPlace& loop, double seconds) {
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

Tensor loudest_of(const Tensor& sound, const LoopPlace& loop, const Tensor& decay) {
    static const auto weights = [] {
        std::vector<double> w;
        for (int64_t k = 0; k <= loudness_block / 2; ++k)
            w.push_back(2 * audio::loudness_weight(double(k * model_rate) / loudness_block) /
                        double(loudness_block * loudness_block));
        return tensor_of(w);
    }();
    const auto heard = looped(sound, loop, double(sound.size(2)) / model_rate + .4);
    const int64_t blocks = heard.size(2) / loudness_block;
    const auto spectra = torch::view_as_real(torch::fft_rfft(
        heard.slice(2, 0, blocks * loudness_block).reshape({sound.size(0), 2, blocks, loudness_block})));
    const auto power = torch::matmul(spectra.square().sum(-1), weights.to(sound.device())).sum(1);
    const auto faded = block_power(power, decay, double(loudness_block) / model_rate, loop.start / frames_per_second);
    return decibels(torch::avg_pool1d(faded.unsqueeze(1), {std::min<int64_t>(4, blocks)}, {1}).amax({1, 2}));
}

// Amplitude over 10 ms at every one: [places, rise_span − level_window + 1].
Tensor levels_of(const Tensor& sound) {
    const auto head = sound.slice(2, 0, rise_span * millisecond);
    const auto energy = head.reshape({sound.size(0), 2, -1, millisecond}).square().sum({1, 3});
    return torch::avg_pool1d(energy.unsqueeze(1), {level_window}, {1}).squeeze(1).sqrt();
}

Tensor rise_of(const Tensor& levels) {
    const auto highest = std::get<0>(torch::cummax(levels, 1));
    const auto missing = 1 - highest / highest.slice(1, -1).clamp_min(1e-9);
    return torch::log((missing.sum(1) + level_window / 2.) / 1000);
}

// From 1 at the start to 0 at bent_span.
Tensor bend_of(int64_t steps, double steps_per_ms, const torch::TensorOptions& options) {
    return (1 - torch::arange(steps, options) / (steps_per_ms * bent_span)).clamp_min(0);
}

Tensor late_of(const Tensor& sound, const LoopPlace& loop, const Tensor& decay) {
    const auto heard = looped(sound, loop, late_to);
    const int64_t blocks = heard.size(2) / late_block;
    const auto power =
        heard.slice(2, 0, blocks * late_block).reshape({sound.size(0), 2, blocks, late_block}).square().sum({1, 3});
    const double seconds = double(late_block) / model_rate;
    const auto faded = block_power(power, decay, seconds, loop.start / frames_per_second);
    const auto peak = torch::avg_pool1d(faded.unsqueeze(1), {2}, {1}).amax({1, 2});
    const int64_t from = std::min(int64_t(late_from / seconds), blocks - 1);
    return decibels(faded.slice(1, from).mean(1)) - decibels(peak);
}

// The lower the start, the later the rise. Where it must only just be another, the start of what falls at once would
// have to come down all the way first: so it comes down with the need.
void straighten_rise(Tensor& sound, const Tensor& shares, const Tensor& corners) {
    const auto levels = levels_of(sound), found = rise_of(levels);
    const auto off = nearly_straight(found, shares, corners, 1, rise_slack) - found, sign = torch::sign(off);
    const auto bend = bend_of(levels.size(1), 1, levels.options());
    auto low = torch::zeros_like(off), high = torch::full_like(off, 2 * most_rise);
    for (int i = 0; i < halvings; ++i) {
        const auto middle = (low + high) / 2;
        const auto moved = rise_of(levels * amplitude(torch::outer(-sign * middle, bend))) - found;
        const auto enough = moved * sign >= off.abs();
        high = torch::where(enough, middle, high);
        low = torch::where(enough, low, middle);
    }
    const auto db = sign * no_more_than(low, most_rise) * (off.abs() / full_need).clamp_max(1);
    const int64_t frames = bent_span * millisecond;
    sound.slice(2, 0, frames) *=
        amplitude(torch::outer(-db, bend_of(frames, double(millisecond), sound.options()))).unsqueeze(1);
}

void straighten_late(Tensor& sound, const LoopPlace& loop, const Tensor& decay, const Tensor& shares,
                     const Tensor& corners) {
    const auto found = late_of(sound, loop, decay);
    const auto db = no_more_than(nearly_straight(found, shares, corners, late_bend, late_slack) - found, most_late);
    const double to = double(loop.start * hop), from = std::min(bending_from * model_rate, shortest_bend * to);
    const auto come = ((torch::arange(sound.size(2), sound.options()) - from) / (to - from)).clamp(0, 1);
    sound *= amplitude(torch::outer(db, come)).unsqueeze(1);
}

} // namespace

Course course_of(const Tensor& sound, const LoopPlace& loop, const Tensor& decay) {
    return {loudest_of(sound, loop, decay), rise_of(levels_of(sound)), late_of(sound, loop, decay)};
}

void straighten(Tensor& sound, const LoopPlace& loop, const Tensor& decay, const Tensor& shares,
                const Course& corners) {
    straighten_rise(sound, shares, corners.rise);
    straighten_late(sound, loop, decay, shares, corners.late);
    const auto off = torch::mv(shares, corners.loudest) - loudest_of(sound, loop, decay);
    sound *= amplitude(off).view({-1, 1, 1});
}

} // namespace timbrel::models
