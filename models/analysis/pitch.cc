#include "models/analysis/pitch.h"

#include "models/analysis/time_warp.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

std::vector<double> hann(int n) {
    std::vector<double> w(n);
    for (int i = 0; i < n; ++i) w[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * i / (n - 1));
    return w;
}

std::vector<double> smoothed(const std::vector<double>& x, const std::vector<double>& kernel) {
    double total = 0;
    for (double k : kernel) total += k;
    const int n = int(x.size()), half = int(kernel.size()) / 2;
    std::vector<double> y(n);
    for (int i = 0; i < n; ++i)
        for (int k = 0; k < int(kernel.size()); ++k) y[i] += kernel[k] / total * x[std::clamp(i + k - half, 0, n - 1)];
    return y;
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

} // namespace

double refine_f0(const Tensor& mono, double nominal) {
    const int64_t n = 1 << 17, length = mono.size(0);
    const int64_t start = std::min<int64_t>(int64_t(.15 * model_rate), length / 8);
    const int64_t end = std::min<int64_t>(length, start + int64_t(2.7 * model_rate));
    const auto s = mono.slice(0, start, end);
    const auto power = torch::fft_rfft(s * torch::hann_window(s.size(0), false), n).abs().square().contiguous();
    const float* p = power.data_ptr<float>();
    const int harmonics = std::clamp(int(6000 / nominal), 1, 12), range = 70;
    std::vector<double> score;
    for (int cents = -range; cents <= range; ++cents) {
        const double f0 = nominal * std::exp2(cents / 1200.0);
        double sum = 0;
        for (int h = 1; h <= harmonics; ++h) {
            const auto i = int64_t(f0 * h * n / model_rate);
            if (i + 1 < power.size(0)) sum += std::sqrt(std::max(p[i], p[i + 1]));
        }
        score.push_back(sum);
    }
    score = smoothed(score, hann(9));
    const auto best = std::max_element(score.begin(), score.end()) - score.begin();
    return nominal * std::exp2((double(best) - range) / 1200.0);
}

HarmonicMovement movement_of(const Tensor& mono, double f0, int64_t frames) {
    const int64_t window = int64_t(std::lround(std::max(4 / f0, .03) * model_rate / 2)) * 2;
    const int harmonics = std::clamp(int(7000 / f0), 1, 7);
    const auto padded = torch::constant_pad_nd(mono, {window / 2, window + hop});
    const auto x = padded.unfold(0, window, hop).slice(0, 0, frames) * torch::hann_window(window, true);
    const auto time = torch::arange(window, torch::kDouble) - double(window / 2);
    const auto number = torch::arange(1, harmonics + 1, torch::kDouble);
    const auto angle = torch::outer(time, number) * (2 * std::numbers::pi * f0 / model_rate);
    const auto turn = torch::outer(torch::arange(frames, torch::kDouble) * double(hop), number) *
                      (2 * std::numbers::pi * f0 / model_rate);
    const auto basis = torch::complex(torch::cos(angle).to(torch::kFloat), -torch::sin(angle).to(torch::kFloat));
    const auto rotate = torch::complex(torch::cos(turn), -torch::sin(turn)).to(torch::kComplexFloat);
    const auto bins = torch::complex(torch::mm(x, torch::real(basis)), torch::mm(x, torch::imag(basis))) * rotate;
    const auto advance = bins.slice(0, 1) * bins.slice(0, 0, -1).conj();
    const auto deviation =
        torch::angle(advance) * (model_rate / (2 * std::numbers::pi * hop)) / number.to(torch::kFloat);
    return {f0, double(window) / model_rate, deviation.contiguous(),
            (advance.abs() * number.to(torch::kFloat)).contiguous()};
}

std::vector<double> track_f0(const HarmonicMovement& movement) {
    const double f0 = movement.f0;
    const int64_t frames = movement.deviation.size(0) + 1;
    const auto total = movement.weight.sum(1);
    const auto mean = ((movement.deviation * movement.weight).sum(1) / total.clamp_min(1e-20)).contiguous();
    const float *d = mean.data_ptr<float>(), *e = total.data_ptr<float>();
    const double loudest = total.max().item<float>();
    const int64_t settled = int64_t(2 / f0 * frames_per_second) + 2;
    std::vector<double> at, value;
    for (int64_t t = settled; t < frames; ++t)
        if (e[t - 1] > loudest * 1e-5 && std::abs(d[t - 1]) < f0 * .06) {
            at.push_back(double(t));
            value.push_back(d[t - 1]);
        }
    std::vector<double> track(frames, f0);
    if (at.size() < 20) return track;
    size_t k = 0;
    for (int64_t t = 0; t < frames; ++t) {
        while (k + 2 < at.size() && at[k + 1] < double(t)) ++k;
        const double u = std::clamp((double(t) - at[k]) / (at[k + 1] - at[k]), 0.0, 1.0);
        track[t] = value[k] + u * (value[k + 1] - value[k]);
    }
    track = smoothed(median_of_nine(track), hann(17));
    for (double& f : track) f = f0 + std::clamp(f, -.05 * f0, .05 * f0);
    return track;
}

std::vector<double> flat_time(const std::vector<double>& track, double f0, int64_t frames) {
    std::vector<double> flat(frames);
    double now = 0;
    for (int64_t i = 0; i < frames; ++i) {
        flat[i] = now;
        const double t = double(i) / hop;
        const auto k = std::min<int64_t>(int64_t(t), int64_t(track.size()) - 1);
        const auto next = std::min<int64_t>(k + 1, int64_t(track.size()) - 1);
        now += (track[k] + (t - double(k)) * (track[next] - track[k])) / f0;
    }
    return flat;
}

Tensor flattened(const Tensor& x, const std::vector<double>& flat) {
    const auto n = int64_t(flat.size());
    std::vector<double> inverse(n);
    int64_t k = 0;
    for (int64_t i = 0; i < n; ++i) {
        while (k + 2 < n && flat[k + 1] <= double(i)) ++k;
        inverse[i] = double(k) + (double(i) - flat[k]) / (flat[k + 1] - flat[k]);
    }
    return read_at(x, inverse);
}

Tensor unflattened(const Tensor& x, const std::vector<double>& flat) { return read_at(x, flat); }

} // namespace timbrel::models
