// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/spectral_distance.h"

#include "common/units.h"
#include "models/audio/analysis/decibels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace timbrel::audio {
namespace {

float peak_of(std::span<const float> values) { return values.empty() ? 0 : *std::ranges::max_element(values); }

// Root of the mean squared dB difference of two rows of powers, both clamped to `floor`.
double row_distance(std::span<const float> a, std::span<const float> b, float floor) {
    float sum = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const float difference = decibels(std::max(a[i], floor)) - decibels(std::max(b[i], floor));
        sum += difference * difference;
    }
    return std::sqrt(sum / static_cast<float>(a.size()));
}

struct RunningMean {
    double sum = 0;
    size_t count = 0;
    void add(double value) {
        sum += value;
        ++count;
    }
    void add(const RunningMean& other) {
        sum += other.sum;
        count += other.count;
    }
    double value() const { return count ? sum / static_cast<double>(count) : std::numeric_limits<double>::quiet_NaN(); }
};

struct ChannelSpectra {
    FrameTable power, bands;         // of the reference
    FrameTable power_est, bands_est; // of the estimate
};

using ChannelMeans = std::array<RunningMean, 2>;

RunningMean pooled(const ChannelMeans& means) {
    RunningMean sum = means[0];
    sum.add(means[1]);
    return sum;
}

// Adds each channel's mean distance over the audible frames among its first `frames` frames to the means.
void add_distances(const std::vector<ChannelSpectra>& channels, size_t frames, RunningMean* over_bins,
                   ChannelMeans& over_bands) {
    const auto first = [frames](const FrameTable& table) {
        return std::span(table.values).first(std::min(frames, table.frames) * table.columns);
    };
    float bin_peak = 0, band_peak = 0;
    for (const ChannelSpectra& channel : channels) {
        bin_peak = std::max(bin_peak, peak_of(first(channel.power)));
        band_peak = std::max(band_peak, peak_of(first(channel.bands)));
    }
    for (size_t i = 0; i < channels.size(); ++i) {
        const ChannelSpectra& channel = channels[i];
        RunningMean bins, bands;
        for (size_t frame = 0; frame < std::min(frames, channel.power.frames); ++frame) {
            if (!(peak_of(channel.power.row(frame)) > bin_peak * silence_ratio)) continue;
            if (over_bins)
                bins.add(row_distance(channel.power.row(frame), channel.power_est.row(frame), bin_peak * clamp_ratio));
            bands.add(row_distance(channel.bands.row(frame), channel.bands_est.row(frame), band_peak * clamp_ratio));
        }
        if (bands.count == 0) continue;
        if (over_bins) over_bins->add(bins.value());
        over_bands[i].add(bands.value());
    }
}

double convergence(const std::vector<ChannelSpectra>& channels) {
    double difference = 0, total = 0;
    for (const ChannelSpectra& channel : channels)
        for (size_t frame = 0; frame < channel.power.frames; ++frame) {
            const std::span<const float> a = channel.power.row(frame), b = channel.power_est.row(frame);
            float row_difference = 0, row_total = 0;
            for (size_t i = 0; i < a.size(); ++i) {
                row_difference += std::abs(std::sqrt(a[i]) - std::sqrt(b[i]));
                row_total += std::sqrt(a[i]);
            }
            difference += row_difference;
            total += row_total;
        }
    return difference / total;
}

std::vector<float> resized(std::vector<float> samples, size_t frames) {
    samples.resize(frames);
    return samples;
}

// Standard deviation of a band's level in dB about its linear trend.
double level_modulation(const BandPower& power, size_t band, size_t from, size_t to, float floor) {
    const double n = static_cast<double>(to - from), middle = (n - 1) / 2;
    double mean = 0, slope = 0, time_squares = 0, squares = 0;
    std::vector<double> levels;
    for (size_t frame = from; frame < to; ++frame) levels.push_back(decibels(std::max(power.row(frame)[band], floor)));
    for (size_t i = 0; i < levels.size(); ++i) {
        const double x = static_cast<double>(i) - middle;
        mean += levels[i] / n;
        slope += x * levels[i];
        time_squares += x * x;
    }
    slope /= time_squares;
    for (size_t i = 0; i < levels.size(); ++i) {
        const double residual = levels[i] - mean - slope * (static_cast<double>(i) - middle);
        squares += residual * residual;
    }
    return std::sqrt(squares / n);
}

} // namespace

Distances distances(const Audio& reference, const Audio& estimate) {
    RunningMean lsd, sc;
    ChannelMeans elsd, attack;
    const std::array<std::vector<float>, 2> estimate_channels = {resized(estimate.left, reference.frames()),
                                                                 resized(estimate.right, reference.frames())};
    for (const auto& [size, bands] : stft_resolutions) {
        const size_t hop = size / 4;
        const ErbBands erb_bands(size, bands, reference.rate);
        std::vector<ChannelSpectra> channels;
        for (const size_t i : {0u, 1u}) {
            FrameTable power = power_spectra(i ? reference.right : reference.left, size, hop);
            FrameTable power_est = power_spectra(estimate_channels[i], size, hop);
            FrameTable sums = erb_bands.sums(power), sums_est = erb_bands.sums(power_est);
            channels.push_back({std::move(power), std::move(sums), std::move(power_est), std::move(sums_est)});
        }
        add_distances(channels, std::numeric_limits<size_t>::max(), &lsd, elsd);
        const double attack_frames = std::ceil(0.1 * reference.rate / static_cast<double>(hop)) + 1;
        add_distances(channels, static_cast<size_t>(attack_frames), nullptr, attack);
        sc.add(convergence(channels));
    }
    return {lsd.value(),
            pooled(elsd).value(),
            pooled(attack).value(),
            lsd.count ? sc.value() : lsd.value(),
            {elsd[0].value(), elsd[1].value()},
            {attack[0].value(), attack[1].value()}};
}

double modulation_ratio(const Audio& reference, const Audio& estimate, double from, double to) {
    const BandPower a = band_power(reference), b = band_power(estimate);
    const double frame_rate = reference.rate / 512;
    const double end = std::min({to, reference.seconds() - 0.1, estimate.seconds() - 0.1});
    const size_t first = static_cast<size_t>(std::ceil(from * frame_rate));
    const size_t last = static_cast<size_t>(std::max(0.0, end) * frame_rate);
    if (last < first + 8) return std::numeric_limits<double>::quiet_NaN();

    std::vector<double> level(a.columns);
    for (size_t frame = first; frame < last; ++frame)
        for (size_t band = 0; band < a.columns; ++band) level[band] += a.row(frame)[band];
    const double loudest = *std::ranges::max_element(level);
    const float floor = peak_of(a.values) * clamp_ratio;
    double modulation = 0, modulation_est = 0;
    for (size_t band = 0; band < a.columns; ++band) {
        if (!(level[band] > loudest * 1e-6)) continue;
        modulation += level_modulation(a, band, first, last, floor);
        modulation_est += level_modulation(b, band, first, last, floor);
    }
    return modulation_est / modulation;
}

BandPower band_power(const Audio& audio) {
    FrameTable power = power_spectra(audio.left, 2048, 512);
    const FrameTable right = power_spectra(audio.right, 2048, 512);
    for (size_t i = 0; i < power.values.size(); ++i) power.values[i] += right.values[i];
    return ErbBands(2048, 80, audio.rate).sums(power);
}

double erb_distance(const BandPower& reference, const BandPower& estimate) {
    const float floor = std::max(peak_of(reference.values) * clamp_ratio, std::numeric_limits<float>::min());
    RunningMean mean;
    for (size_t frame = 0; frame < std::min(reference.frames, estimate.frames); ++frame)
        mean.add(row_distance(reference.row(frame), estimate.row(frame), floor));
    return mean.value();
}

double late_level(const BandPower& power) {
    const auto loudness = [&](size_t frame) {
        double sum = 0;
        for (const float value : power.row(frame)) sum += value;
        return sum;
    };
    constexpr double frame_rate = 48000.0 / 512;
    double peak = 0, late = 0;
    size_t frames = 0;
    for (size_t frame = 0; frame < power.frames; ++frame) {
        peak = std::max(peak, loudness(frame));
        const double seconds = static_cast<double>(frame) / frame_rate;
        if (seconds < 1.5 || seconds > 2.5) continue;
        late += loudness(frame);
        ++frames;
    }
    if (peak <= 0 || frames == 0) return -200;
    return std::max(-200.0, power_to_db(late / static_cast<double>(frames) / peak + 1e-30));
}

} // namespace timbrel::audio
