// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/evaluation/spaces/timbre_descriptor.h"

#include "common/units.h"
#include "models/audio/analysis/loudness_weight.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int bands = 32, wide_bands = 8;
constexpr double power_floor = 3e-7; // re the loudest frame

constexpr int64_t frame_at(double seconds) { return int64_t(seconds * frames_per_second); }
constexpr int64_t key_off = frame_at(descriptor_hold);

const std::vector<double>& band_centres() {
    static const auto centres = erb_points(bands, 30, 20000);
    return centres;
}

Tensor decibels(const Tensor& power) { return 10 * torch::log10(power + power_floor); }

// Distributes powers [frames, n] at `hz` to the two nearest bands each: [frames, 32].
Tensor to_bands(const Tensor& power, const std::vector<double>& hz) {
    return torch::mm(power, interpolation_matrix(band_centres(), hz).t());
}

// Moving average over `width` (odd) rows of x [rows, columns]; its ends are extended.
Tensor smoothed(const Tensor& x, int64_t width) {
    const auto padded = torch::replication_pad1d(x.t().unsqueeze(0), {width / 2, width / 2});
    return torch::avg_pool1d(padded, width, 1)[0].t();
}

// Regression slope in dB per second of each column of x [rows, columns].
Tensor slopes(const Tensor& x) {
    const auto n = x.size(0);
    const auto t = ((torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second).unsqueeze(1);
    return (x * t).sum(0) / t.square().sum();
}

struct FrameRange {
    int64_t from, to; // frames
    Tensor of(const Tensor& x) const { return x.slice(0, from, to); }
};

struct Landmarks {
    int64_t onset, peak; // frames: the last rise through −20 dB, and the first within 3 dB of the loudest
};

Landmarks landmarks_of(const std::vector<float>& level) {
    int64_t peak = 0, onset = 0;
    while (peak < key_off - 1 && level[size_t(peak)] <= -3) ++peak;
    for (int64_t t = 0; t <= peak; ++t)
        if (level[size_t(t)] < -20) onset = t + 1;
    return {onset, std::max(peak, onset + 1)};
}

double centroid(const Tensor& band_power) {
    const auto loudness = torch::pow(band_power, audio::loudness_exponent);
    return ((loudness * torch::arange(bands)).sum() / (loudness.sum() + 1e-12)).item<double>();
}

// Fluctuation of the wide bands about their trend from 0.5 to 2.5 s, and its mean correlation between bands.
std::vector<double> fluctuation(const Tensor& wide) {
    auto x = wide.slice(0, frame_at(.5), frame_at(2.5));
    const auto n = x.size(0);
    const auto t = ((torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second).unsqueeze(1);
    x = x - x.mean(0) - t * slopes(x);
    x = x - smoothed(x, 95);
    const auto deviation = x.std(0, false);
    std::vector<double> values;
    for (int b = 0; b < wide_bands; ++b) values.push_back(std::log(.3 + deviation[b].item<double>()));
    const auto normalised = x / (deviation + .3);
    const auto correlation = torch::mm(normalised.t(), normalised) / double(n);
    const auto others = correlation.sum() - correlation.trace();
    values.push_back(others.item<double>() / (wide_bands * (wide_bands - 1)));
    return values;
}

// Irregularity of the first partials' levels, and the ratio of odd to even ones; dB. `power` [frames, partials].
std::vector<double> partial_pattern(const Tensor& power) {
    const auto mean = power.mean(0);
    const auto level = 10 * torch::log10(mean + 1e-6);
    const auto n = mean.size(0);
    if (n < 2) return {0, 30};
    const double irregularity = (level.slice(0, 1) - level.slice(0, 0, n - 1)).abs().mean().item<double>();
    const double odd = mean.slice(0, 0, n, 2).mean().item<double>(),
                 even = mean.slice(0, 1, n, 2).mean().item<double>();
    return {irregularity, std::clamp(power_to_db((odd + 1e-7) / (even + 1e-7)), -30., 30.)};
}

} // namespace

TimbreDescriptor timbre_descriptor(const NoteSpectrum& s) {
    std::vector<double> hz;
    for (double r : s.partials.ratio) hz.push_back(r * s.f0);
    auto partial_power = s.partial.to(torch::kCPU).square().mean(1) / 2;
    auto partials = to_bands(partial_power, hz);
    auto noise =
        to_bands(s.noise.to(torch::kCPU).square().mean(1) * to_tensor(noise_band_widths()), noise_band_centres());
    const auto total = smoothed(10 * torch::log10((partials + noise).sum(1, true) + 1e-14), 3).squeeze(1);
    const auto loudest = total.slice(0, 0, key_off).max();
    const auto scale = torch::pow(10, -loudest / 10);
    partial_power *= scale;
    partials *= scale;
    noise *= scale;
    const auto power = partials + noise;
    const auto track = (total - loudest).clamp_min(-65).contiguous();
    const std::vector<float> level(track.data_ptr<float>(), track.data_ptr<float>() + track.size(0));
    const auto [onset, peak] = landmarks_of(level);

    const auto frames_from = [&, first = onset](double from, double to) {
        return FrameRange{std::min(first + frame_at(from), key_off - 20), std::min(first + frame_at(to) + 1, key_off)};
    };
    const std::array ranges{frames_from(0, .06), frames_from(.15, .5), FrameRange{frame_at(1.5), frame_at(2.5)}};
    std::vector<Tensor> groups;
    for (const auto& p : ranges) groups.push_back(decibels(p.of(power).mean(0)));

    const auto wide = decibels(power.view({-1, wide_bands, bands / wide_bands}).sum(2));
    const FrameRange decay_range{std::min(peak + frame_at(.1), key_off - 150), frame_at(2.5)};
    const auto slope = [&](const Tensor& x) { return slopes(decay_range.of(x)).clamp(-60, 20); };
    std::vector<double> envelope;
    for (double t : {.02, .05, .1, .2, .5, 1., 1.5, 2., 2.5, 2.85})
        envelope.push_back(level[size_t(std::min(onset + frame_at(t), track.size(0) - 1))]);
    envelope.push_back(slope(track.unsqueeze(1))[0].item<double>() / 2);
    envelope.push_back(6 * std::log2(double(peak - onset) / frames_per_second * 1000));
    const double release_drop = level[size_t(frame_at(descriptor_hold + .25))] - level[size_t(key_off - 5)];
    envelope.push_back(.3 * std::max(release_drop, -60.));
    groups.push_back(to_tensor(envelope));
    groups.push_back(to_tensor(fluctuation(wide)));
    groups.push_back(slope(wide));

    std::vector<double> character;
    const auto sum = [](const Tensor& x) { return x.sum().item<double>() + power_floor; };
    for (const auto& p : ranges) character.push_back(power_to_db(sum(p.of(noise)) / sum(p.of(power))));
    for (const auto& p : ranges) character.push_back(centroid(p.of(power).mean(0)));
    const auto first_partials = partial_power.slice(1, 0, std::min(16, s.partials.slots()));
    for (double x : partial_pattern(ranges[1].of(first_partials))) character.push_back(x);
    groups.push_back(to_tensor(character));

    const auto spectrogram_of = [](const Tensor& x) {
        return decibels(x.slice(0, 0, 4 * spectrogram_columns).view({spectrogram_columns, 4, bands}).mean(1)).t();
    };
    return {torch::cat(groups), torch::cat({spectrogram_of(partials), spectrogram_of(noise)}).contiguous()};
}

} // namespace timbrel::models
