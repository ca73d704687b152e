// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/spectral/movement.h"

#include "models/audio/analysis/spectral_distance.h"
#include "models/tensor/audio_tensor.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int64_t step = 2048;           // audio frames from one level to the next
constexpr int64_t averaged = step / 512; // frames of band_power() that make one level
constexpr double step_seconds = double(step) / model_rate;
constexpr double first_centre = 1.375; // steps, of the first level
constexpr double audible_range = 40;   // dB, below the loudest band
constexpr double deepest = 70;         // dB, below the loudest level
constexpr double noticeable = 1;       // dB
constexpr double seam_seconds = .3;
constexpr double unknown_mismatch = 20; // dB, where there are no levels on one side
constexpr int64_t least_frames = 8;

// [bands, frames] dB, without the first and the last, which see the sound's edges; one band that does not move where
// the sound is silent, or shorter than least_frames.
Tensor band_levels(const Tensor& sound) {
    const auto table = audio::band_power(to_audio(sound));
    const auto bands = int64_t(table.columns), frames = int64_t(table.frames) / averaged - 2;
    if (frames < least_frames) return torch::zeros({1, least_frames});
    const auto power = to_tensor(table.values).view({-1, bands}).slice(0, averaged, (frames + 1) * averaged);
    const auto means = power.view({frames, averaged, bands}).mean(1).t();
    const double loudest = means.max().item<double>();
    if (loudest <= 0) return torch::zeros({1, frames});
    const auto levels = 10 * torch::log10(means.clamp_min(loudest * std::pow(10, -deepest / 10)));
    const auto by_band = levels.mean(1);
    return levels.index_select(0, (by_band > by_band.max() - audible_range).nonzero().squeeze(1));
}

Tensor without_slopes(const Tensor& x) {
    const auto n = x.size(1);
    const auto t = torch::arange(n) - double(n - 1) / 2;
    return x - x.mean(1, true) - torch::outer((x * t).sum(1) / t.square().sum(), t);
}

// The value of x [frames] at a fraction of frames.
double at(const Tensor& x, double frame) {
    const auto last = double(x.size(0) - 1);
    const double inside = std::clamp(frame, 0., last), below = std::min(std::floor(inside), last - 1);
    const auto pair = x.slice(0, int64_t(below), int64_t(below) + 2).to(torch::kDouble);
    return pair[0].item<double>() + (inside - below) * (pair[1] - pair[0]).item<double>();
}

} // namespace

Movement::Movement(const Tensor& sound, double from)
    : levels_(without_slopes(band_levels(sound.slice(1, std::min(int64_t(from * model_rate), sound.size(1)))))) {
    const auto frames = levels_.size(1);
    const auto spectrum = torch::fft_rfft(levels_, 2 * frames, 1).abs().square();
    const auto products = torch::fft_irfft(spectrum, 2 * frames, 1).slice(1, 0, frames).sum(0);
    similarity_ = products / (levels_.square() + noticeable * noticeable).sum();
}

double Movement::seconds() const { return double(levels_.size(1)) * step_seconds; }

double Movement::depth() const { return levels_.square().mean().sqrt().item<double>(); }

double Movement::similarity(double lag) const { return at(similarity_, lag / step_seconds); }

double Movement::greatest_similarity(double shortest, double longest) const {
    const auto values = similarity_.contiguous();
    const float* v = values.data_ptr<float>();
    const auto last = std::min(values.size(0) - 1, int64_t(longest / step_seconds));
    int64_t lag = 0;
    while (lag <= last && v[lag] > 0) ++lag;
    lag = std::max(lag, int64_t(std::ceil(shortest / step_seconds)));
    return lag > last ? 0 : std::max(0.f, *std::max_element(v + lag, v + last + 1));
}

double Movement::similarity_if_looped(double loop) const {
    const double moved = depth() * depth();
    return moved / (moved + noticeable * noticeable) * std::max(0., 1 - loop / seconds());
}

double Movement::mismatch(double start, double end) const {
    const double reach = std::round(seam_seconds / 2 / step_seconds), last = double(levels_.size(1) - 1);
    const auto columns = [&](double frame) {
        const double below = std::clamp(std::floor(frame), 0., last - 1);
        return torch::lerp(levels_.select(1, int64_t(below)), levels_.select(1, int64_t(below) + 1), frame - below);
    };
    const auto is_inside = [&](double frame) { return frame >= 0 && frame <= last; };
    double sum = 0, count = 0;
    for (double k = -reach; k <= reach; ++k) { // as far as the levels reach on both sides
        const double a = start / step_seconds - first_centre + k, b = end / step_seconds - first_centre + k;
        if (!is_inside(a) || !is_inside(b)) continue;
        sum += (columns(a) - columns(b)).square().mean().item<double>();
        ++count;
    }
    return count > 0 ? std::sqrt(sum / count) : unknown_mismatch;
}

} // namespace timbrel::models
