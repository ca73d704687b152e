// SPDX-License-Identifier: GPL-3.0-or-later
// Width of the kernel and form of the mixture were chosen on development instruments (docs/experiments.md); other
// constants were set by hand.
#include "models/audio/analysis/spectral_envelope.h"

#include "common/units.h"
#include "models/audio/analysis/spectra.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

constexpr size_t window = 8192, window_hop = 4096; // audio frames
constexpr double kernel_sigma = .5;                // of a Gaussian, re the larger of f0 and 1 ERB
constexpr double kernel_reach = 3;                 // in sigmas
constexpr int points_per_sigma = 4;
constexpr double lowest_hz = 20, highest_hz = 20000;
constexpr double range = 80;                               // dB below the peak, where levels are clamped
constexpr double compared_range = 50;                      // dB below the peak, within which hypotheses are compared
constexpr double compared_low = 40, compared_high = 16000; // Hz
constexpr double max_gain = 30;                            // dB

double kernel_width(double hz, double f0) { return kernel_sigma * std::max(f0, erb_bandwidth(hz)); }

// Mean power of each bin over the frames and both channels.
std::vector<double> mean_power(const Audio& audio, double seconds) {
    const size_t frames = std::min(audio.frames(), static_cast<size_t>(seconds * audio.rate));
    std::vector<double> mean(window / 2 + 1);
    for (const auto* channel : {&audio.left, &audio.right}) {
        FrameTable power = power_spectra(std::span(*channel).first(frames), window, window_hop);
        for (size_t frame = 0; frame < power.frames; ++frame)
            for (size_t bin = 0; bin < mean.size(); ++bin) mean[bin] += power.row(frame)[bin];
    }
    return mean;
}

double interpolated(const std::vector<double>& x, const std::vector<double>& y, double at) {
    const auto above = std::ranges::upper_bound(x, at);
    if (above == x.begin()) return y.front();
    if (above == x.end()) return y.back();
    const auto i = static_cast<size_t>(above - x.begin());
    return y[i - 1] + (y[i] - y[i - 1]) * (at - x[i - 1]) / (x[i] - x[i - 1]);
}

// Mean squared difference in dB over the ERB scale of two curves with weights of their points; a difference of all
// levels does not count.
double deviation(const std::vector<double>& a, const std::vector<double>& b, const std::vector<double>& weight) {
    double sum = 0, squares = 0, total = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const double difference = a[i] - b[i];
        total += weight[i];
        sum += weight[i] * difference;
        squares += weight[i] * difference * difference;
    }
    return total > 0 ? squares / total - sum / total * sum / total : 0;
}

// 0 to 1: how much better `other` is predicted from `from` by an envelope that keeps its frequencies than by one that
// moves with the pitch.
double fixedness(const SpectralEnvelope& from, const SpectralEnvelope& other) {
    std::vector<double> fixed, moved, found, weight;
    const double ratio = other.f0() / from.f0();
    for (double erb = hertz_to_erb_number(compared_low); erb < hertz_to_erb_number(compared_high); erb += .1) {
        const double hz = erb_number_to_hertz(erb);
        fixed.push_back(from.at(hz));
        moved.push_back(from.at(hz / ratio));
        found.push_back(other.at(hz));
        const bool audible =
            fixed.back() > from.peak() - compared_range || found.back() > other.peak() - compared_range;
        weight.push_back(audible ? 1 : 0);
    }
    const double of_fixed = deviation(found, fixed, weight), of_moved = deviation(found, moved, weight);
    const double sum = of_fixed * of_fixed + of_moved * of_moved;
    return sum > 0 ? of_moved * of_moved / sum : 1;
}

} // namespace

SpectralEnvelope::SpectralEnvelope(const Audio& audio, double f0, double seconds) : f0_(f0) {
    const std::vector<double> power = mean_power(audio, seconds);
    const double bin_hz = audio.rate / window;
    double loudest = 1e-30;
    for (double hz = lowest_hz; hz < highest_hz; hz += kernel_width(hz, f0) / points_per_sigma) {
        const double sigma = kernel_width(hz, f0);
        const auto first = static_cast<size_t>(std::max(0.0, std::ceil((hz - kernel_reach * sigma) / bin_hz)));
        const auto last = std::min(power.size() - 1, static_cast<size_t>((hz + kernel_reach * sigma) / bin_hz));
        double sum = 0, total = 0;
        for (size_t bin = first; bin <= last; ++bin) {
            const double distance = (static_cast<double>(bin) * bin_hz - hz) / sigma;
            const double weight = std::exp(-distance * distance / 2);
            sum += weight * power[bin];
            total += weight;
        }
        hz_.push_back(hz);
        level_.push_back(total > 0 ? sum / total : 0);
        loudest = std::max(loudest, level_.back());
    }
    peak_ = power_to_db(loudest);
    for (double& level : level_) level = std::max(power_to_db(level + 1e-30), peak_ - range);
}

double SpectralEnvelope::at(double hz) const { return interpolated(hz_, level_, hz); }

std::function<double(double hz)> envelope_gain(const SpectralEnvelope& from, const SpectralEnvelope* other, double f0) {
    const double weight = other ? fixedness(from, *other) : 1;
    return [=, &from](double hz) {
        return weight * std::clamp(from.at(hz) - from.at(hz * from.f0() / f0), -max_gain, max_gain);
    };
}

} // namespace timbrel::audio
