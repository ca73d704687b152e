// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/pitch.h"

#include "common/units.h"
#include "models/analysis/smoothing.h"
#include "models/analysis/time_warp.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr int64_t refining_fft = 1 << 17;
constexpr double refining_from = .15, refining_length = 2.7; // seconds
constexpr double refining_max_hz = 6000;                     // of the harmonics that are summed
constexpr int refining_harmonics = 12, refining_range = 70;  // at most; cents to either side
constexpr int score_kernel = 9;                              // cents, of a Hann window

constexpr double tracking_periods = 4, tracking_min_window = .03; // periods of f0; seconds
constexpr double tracking_max_hz = 7000;
constexpr double onset_periods = 2;      // in which the pitch is not reliable
constexpr double reliable_weight = 1e-5; // relative to the largest
constexpr double reliable_range = .06;   // of f0: a larger deviation is an error
constexpr size_t min_reliable_frames = 20;
constexpr int track_kernel = 17;      // frames, of a Hann window
constexpr double max_deviation = .05; // of f0

std::vector<double> hann(int n) {
    std::vector<double> w(n);
    for (int i = 0; i < n; ++i) w[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / (n - 1));
    return w;
}

std::vector<double> median_of_nine(const std::vector<double>& x) {
    const int n = int(x.size());
    std::vector<double> y(n), w(9);
    for (int i = 0; i < n; ++i) {
        for (int k = 0; k < 9; ++k) w[k] = x[std::clamp(i + k - 4, 0, n - 1)];
        std::nth_element(w.begin(), w.begin() + 4, w.end());
        y[i] = w[4];
    }
    return y;
}

// Weighted mean of the harmonics, Hz: [frames - 1].
Tensor mean_deviation(const HarmonicDeviation& h) {
    return ((h.deviation * h.weight).sum(1) / h.weight.sum(1).clamp_min(1e-20)).contiguous();
}

} // namespace

double refine_f0(const Tensor& mono, double nominal) {
    const int64_t n = refining_fft, length = mono.size(0);
    const int64_t start = std::min<int64_t>(int64_t(refining_from * model_rate), length / 8);
    const int64_t end = std::min<int64_t>(length, start + int64_t(refining_length * model_rate));
    const auto s = mono.slice(0, start, end);
    const auto power = torch::fft_rfft(s * torch::hann_window(s.size(0), false), n).abs().square().contiguous();
    const float* p = power.data_ptr<float>();
    const int harmonics = std::clamp(int(refining_max_hz / nominal), 1, refining_harmonics), range = refining_range;
    std::vector<double> score;
    for (int cents = -range; cents <= range; ++cents) {
        const double f0 = nominal * cents_to_ratio(cents);
        double sum = 0;
        for (int h = 1; h <= harmonics; ++h) {
            const auto i = int64_t(f0 * h * n / model_rate);
            if (i + 1 < power.size(0)) sum += std::sqrt(std::max(p[i], p[i + 1]));
        }
        score.push_back(sum);
    }
    score = convolved(score, hann(score_kernel));
    const auto best = std::max_element(score.begin(), score.end()) - score.begin();
    return nominal * cents_to_ratio(double(best) - range);
}

HarmonicDeviation track_harmonics(const Tensor& mono, double f0, int64_t frames, int most_harmonics) {
    const int64_t window =
        int64_t(std::lround(std::max(tracking_periods / f0, tracking_min_window) * model_rate / 2)) * 2;
    const int harmonics = std::clamp(int(tracking_max_hz / f0), 1, most_harmonics);
    const auto padded = torch::constant_pad_nd(mono, {window / 2, window + hop});
    const auto x = padded.unfold(0, window, hop).slice(0, 0, frames) * torch::hann_window(window, true);
    const auto time = torch::arange(window, torch::kDouble) - double(window / 2);
    const auto number = torch::arange(1, harmonics + 1, torch::kDouble);
    const auto angle = torch::outer(time, number) * (2 * std::numbers::pi * f0 / model_rate);
    const auto phase = torch::outer(torch::arange(frames, torch::kDouble) * double(hop), number) *
                       (2 * std::numbers::pi * f0 / model_rate);
    const auto basis = torch::complex(torch::cos(angle).to(torch::kFloat), -torch::sin(angle).to(torch::kFloat));
    const auto rotate = torch::complex(torch::cos(phase), -torch::sin(phase)).to(torch::kComplexFloat);
    const auto bins = torch::complex(torch::mm(x, torch::real(basis)), torch::mm(x, torch::imag(basis))) * rotate;
    const auto advance = bins.slice(0, 1) * bins.slice(0, 0, -1).conj();
    const auto deviation =
        torch::angle(advance) * (model_rate / (2 * std::numbers::pi * hop)) / number.to(torch::kFloat);
    return {f0, double(window) / model_rate, deviation.contiguous(),
            (advance.abs() * number.to(torch::kFloat)).contiguous()};
}

std::vector<bool> reliable_rows(const HarmonicDeviation& harmonics) {
    const auto total = harmonics.weight.sum(1);
    const auto mean = mean_deviation(harmonics);
    const float *deviation = mean.data_ptr<float>(), *weight = total.data_ptr<float>();
    const double largest = total.max().item<float>();
    const int64_t onset_end = int64_t(onset_periods / harmonics.f0 * frames_per_second) + 1;
    std::vector<bool> reliable(total.size(0));
    for (int64_t t = onset_end; t < total.size(0); ++t)
        reliable[t] = weight[t] > largest * reliable_weight && std::abs(deviation[t]) < harmonics.f0 * reliable_range;
    return reliable;
}

std::vector<double> track_f0(const HarmonicDeviation& harmonics) {
    const double f0 = harmonics.f0;
    const int64_t frames = harmonics.deviation.size(0) + 1;
    const auto mean = mean_deviation(harmonics);
    const float* deviation = mean.data_ptr<float>();
    const auto reliable = reliable_rows(harmonics);
    std::vector<double> at, value; // the reliable frames and their deviations
    for (int64_t t = 1; t < frames; ++t)
        if (reliable[t - 1]) {
            at.push_back(double(t));
            value.push_back(deviation[t - 1]);
        }
    std::vector<double> track(frames, f0);
    if (at.size() < min_reliable_frames) return track;
    size_t k = 0;
    for (int64_t t = 0; t < frames; ++t) {
        while (k + 2 < at.size() && at[k + 1] < double(t)) ++k;
        const double u = std::clamp((double(t) - at[k]) / (at[k + 1] - at[k]), 0.0, 1.0);
        track[t] = value[k] + u * (value[k + 1] - value[k]);
    }
    track = convolved(median_of_nine(track), hann(track_kernel));
    for (double& f : track) f = f0 + std::clamp(f, -max_deviation * f0, max_deviation * f0);
    return track;
}

std::vector<double> constant_pitch_times(const std::vector<double>& track, double f0, int64_t frames) {
    std::vector<double> times(frames);
    double now = 0;
    for (int64_t i = 0; i < frames; ++i) {
        times[i] = now;
        const double t = double(i) / hop;
        const auto k = std::min<int64_t>(int64_t(t), int64_t(track.size()) - 1);
        const auto next = std::min<int64_t>(k + 1, int64_t(track.size()) - 1);
        now += (track[k] + (t - double(k)) * (track[next] - track[k])) / f0;
    }
    return times;
}

Tensor flatten_pitch(const Tensor& x, const std::vector<double>& times) {
    const auto n = int64_t(times.size());
    std::vector<double> inverse(n);
    int64_t k = 0;
    for (int64_t i = 0; i < n; ++i) {
        while (k + 2 < n && times[k + 1] <= double(i)) ++k;
        inverse[i] = double(k) + (double(i) - times[k]) / (times[k + 1] - times[k]);
    }
    return resample_at(x, inverse);
}

Tensor restore_pitch(const Tensor& x, const std::vector<double>& times) { return resample_at(x, times); }

} // namespace timbrel::models
