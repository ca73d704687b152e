#include "models/evaluation/spaces/timbre_descriptor.h"

#include "models/audio/analysis/loudness_weight.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int bands = 32, wide_bands = 8;
constexpr double quiet = 3e-7; // power re the loudest frame, under which levels no longer count

constexpr int64_t frame_at(double seconds) { return int64_t(seconds * frames_per_second); }
constexpr int64_t key_off = frame_at(described_hold);

const std::vector<double>& band_centres() {
    static const auto centres = erb_points(bands, 30, 20000);
    return centres;
}

Tensor decibels(const Tensor& power) { return 10 * torch::log10(power + quiet); }

// Powers [frames, n] at `hz` shared among the two nearest bands each: [frames, 32].
Tensor into_bands(const Tensor& power, const std::vector<double>& hz) {
    return torch::mm(power, interpolation_matrix(band_centres(), hz).t());
}

// Means over `width` (odd) rows of x [rows, columns], its ends held.
Tensor smoothed(const Tensor& x, int64_t width) {
    const auto padded = torch::replication_pad1d(x.t().unsqueeze(0), {width / 2, width / 2});
    return torch::avg_pool1d(padded, width, 1)[0].t();
}

// dB per second of the columns of x [rows, columns].
Tensor slopes(const Tensor& x) {
    const auto n = x.size(0);
    const auto t = ((torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second).unsqueeze(1);
    return (x * t).sum(0) / t.square().sum();
}

struct Part {
    int64_t from, to; // frames
    Tensor of(const Tensor& x) const { return x.slice(0, from, to); }
};

struct Landmarks {
    int64_t start, peak; // frames: the last rise through −20 dB, and the first that is within 3 dB of the loudest
};

Landmarks landmarks_of(const std::vector<float>& level) {
    int64_t peak = 0, start = 0;
    while (peak < key_off - 1 && level[size_t(peak)] <= -3) ++peak;
    for (int64_t t = 0; t <= peak; ++t)
        if (level[size_t(t)] < -20) start = t + 1;
    return {start, std::max(peak, start + 1)};
}

double centroid(const Tensor& band_power) {
    const auto loudness = torch::pow(band_power, audio::stevens);
    return ((loudness * torch::arange(bands)).sum() / (loudness.sum() + 1e-12)).item<double>();
}

// How the wide bands move about their trend from 0.5 to 2.5 s: how much, and how much of it together.
std::vector<double> movement(const Tensor& wide) {
    auto x = wide.slice(0, frame_at(.5), frame_at(2.5));
    const auto n = x.size(0);
    const auto t = ((torch::arange(n, x.options()) - double(n - 1) / 2) / frames_per_second).unsqueeze(1);
    x = x - x.mean(0) - t * slopes(x);
    x = x - smoothed(x, 95);
    const auto spread = x.std(0, false);
    std::vector<double> numbers;
    for (int b = 0; b < wide_bands; ++b) numbers.push_back(std::log(.3 + spread[b].item<double>()));
    const auto even = x / (spread + .3);
    const auto together = torch::mm(even.t(), even) / double(n);
    const auto others = together.sum() - together.trace();
    numbers.push_back(others.item<double>() / (wide_bands * (wide_bands - 1)));
    return numbers;
}

// Irregularity of the first partials' levels [frames, partials], and odd against even ones; dB.
std::vector<double> partial_pattern(const Tensor& power) {
    const auto mean = power.mean(0);
    const auto level = 10 * torch::log10(mean + 1e-6);
    const auto n = mean.size(0);
    if (n < 2) return {0, 30};
    const double irregularity = (level.slice(0, 1) - level.slice(0, 0, n - 1)).abs().mean().item<double>();
    const double odd = mean.slice(0, 0, n, 2).mean().item<double>(),
                 even = mean.slice(0, 1, n, 2).mean().item<double>();
    return {irregularity, std::clamp(10 * std::log10((odd + 1e-7) / (even + 1e-7)), -30., 30.)};
}

} // namespace

Description describe(const NoteSpectrum& s) {
    std::vector<double> hz;
    for (double r : s.partials.ratio) hz.push_back(r * s.f0);
    auto each = s.partial.to(torch::kCPU).square().mean(1) / 2;
    auto partials = into_bands(each, hz);
    auto noise = into_bands(s.noise.to(torch::kCPU).square().mean(1) * tensor_of(noise_widths()), noise_centres());
    const auto total = smoothed(10 * torch::log10((partials + noise).sum(1, true) + 1e-14), 3).squeeze(1);
    const auto loudest = total.slice(0, 0, key_off).max();
    const auto scale = torch::pow(10, -loudest / 10);
    each *= scale;
    partials *= scale;
    noise *= scale;
    const auto power = partials + noise;
    const auto track = (total - loudest).clamp_min(-65).contiguous();
    const std::vector<float> level(track.data_ptr<float>(), track.data_ptr<float>() + track.size(0));
    const auto [start, peak] = landmarks_of(level);

    const auto part = [&, first = start](double from, double to) {
        return Part{std::min(first + frame_at(from), key_off - 20), std::min(first + frame_at(to) + 1, key_off)};
    };
    const std::array parts{part(0, .06), part(.15, .5), Part{frame_at(1.5), frame_at(2.5)}};
    std::vector<Tensor> groups;
    for (const auto& p : parts) groups.push_back(decibels(p.of(power).mean(0)));

    const auto wide = decibels(power.view({-1, wide_bands, bands / wide_bands}).sum(2));
    const Part fall{std::min(peak + frame_at(.1), key_off - 150), frame_at(2.5)};
    const auto slope = [&](const Tensor& x) { return slopes(fall.of(x)).clamp(-60, 20); };
    std::vector<double> envelope;
    for (double t : {.02, .05, .1, .2, .5, 1., 1.5, 2., 2.5, 2.85})
        envelope.push_back(level[size_t(std::min(start + frame_at(t), track.size(0) - 1))]);
    envelope.push_back(slope(track.unsqueeze(1))[0].item<double>() / 2);
    envelope.push_back(6 * std::log2(double(peak - start) / frames_per_second * 1000));
    const double released = level[size_t(frame_at(described_hold + .25))] - level[size_t(key_off - 5)];
    envelope.push_back(.3 * std::max(released, -60.));
    groups.push_back(tensor_of(envelope));
    groups.push_back(tensor_of(movement(wide)));
    groups.push_back(slope(wide));

    std::vector<double> character;
    const auto sum = [](const Tensor& x) { return x.sum().item<double>() + quiet; };
    for (const auto& p : parts) character.push_back(10 * std::log10(sum(p.of(noise)) / sum(p.of(power))));
    for (const auto& p : parts) character.push_back(centroid(p.of(power).mean(0)));
    const auto first_partials = each.slice(1, 0, std::min(16, s.partials.slots()));
    for (double x : partial_pattern(parts[1].of(first_partials))) character.push_back(x);
    groups.push_back(tensor_of(character));

    const auto pictured = [](const Tensor& x) {
        return decibels(x.slice(0, 0, 4 * picture_columns).view({picture_columns, 4, bands}).mean(1)).t();
    };
    return {torch::cat(groups), torch::cat({pictured(partials), pictured(noise)}).contiguous()};
}

} // namespace timbrel::models
