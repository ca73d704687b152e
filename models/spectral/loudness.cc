// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/spectral/loudness.h"

#include "models/audio/analysis/loudness_weight.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace timbrel::models {
namespace {

constexpr double momentary_window = .4;               // seconds (EBU Tech 3341)
constexpr double silent_depth = 50;                   // dB below its peak, where a sound no longer shows its decay
constexpr double min_decay = .5;                      // dB per second; less counts as sustained
constexpr double max_decay = 200;                     // dB per second
constexpr double release_depth = 50;                  // dB over which the release is measured
constexpr double release_floor = -110;                // dB, where it ends at the latest
constexpr double held_seconds = .25;                  // before the release, for the level that it falls from
constexpr double min_release = .05, max_release = 10; // seconds
constexpr int window_frames = 4;                      // by which the analysis window blurs the release of the key

// The slope per frame of the least-squares line through l[from..to), at least two frames.
double line_slope(const float* l, int64_t from, int64_t to) {
    double sum = 0, squares = 0;
    const double middle = double(from + to - 1) / 2;
    for (int64_t t = from; t < to; ++t) {
        sum += (double(t) - middle) * l[t];
        squares += (double(t) - middle) * (double(t) - middle);
    }
    return sum / squares;
}

} // namespace

Tensor partial_loudness_weights(const std::vector<double>& hz) {
    std::vector<double> weights;
    for (double f : hz) weights.push_back(audio::loudness_weight(f) / 2);
    return to_tensor(weights);
}

Tensor loudness_track(const Tensor& partial, const Tensor& noise, const Tensor& weights) {
    std::vector<double> band;
    for (int b = 0; b < noise_bands; ++b)
        band.push_back(audio::loudness_weight(noise_band_centres()[b]) * noise_band_widths()[b]);
    const auto tones = torch::matmul(partial.square().mean(-2), weights.unsqueeze(-1)).squeeze(-1);
    const auto power = tones + torch::matmul(noise.square().mean(-2), to_tensor(band).to(noise.device()));
    return 10 * torch::log10(power + 1e-14);
}

Tensor loudness_track(const Tensor& partial, const Tensor& noise, const std::vector<double>& hz) {
    return loudness_track(partial, noise, partial_loudness_weights(hz).to(partial.device()));
}

Tensor loudness_track(const NoteSpectrum& s) { return loudness_track(s.partial, s.noise, s.partial_hz()); }

Tensor max_momentary_loudness(const Tensor& tracks) {
    const auto window = std::min(tracks.size(1), int64_t(momentary_window * frames_per_second));
    const auto power = torch::avg_pool1d(torch::pow(10, tracks / 10).unsqueeze(1), {window}, {1});
    return 10 * torch::log10(power.amax(2));
}

double decay_rate(const Tensor& loudness, int64_t start, int64_t end) {
    const auto track = loudness.contiguous();
    const float* l = track.data_ptr<float>();
    const int64_t peak = std::max_element(l, l + end) - l;
    int64_t to = end;
    while (to > peak + 10 && l[to - 1] < l[peak] - silent_depth) --to;
    const auto from = std::clamp<int64_t>(std::min(start, (peak + 2 * to) / 3), 0, to - 2);
    const double decay = -line_slope(l, from, to) * frames_per_second;
    return decay > min_decay ? std::min(decay, max_decay) : 0;
}

double release_time(const NoteSpectrum& s, double hold) {
    const auto track = loudness_track(s).to(torch::kCPU).contiguous();
    const float* l = track.data_ptr<float>();
    const int64_t end = track.size(0) - 2, key_off = std::min(int64_t(hold * frames_per_second), end - 1);
    const int64_t from = std::min(key_off + window_frames, end - 1);
    if (l[from] < *std::max_element(l, l + from) - silent_depth) {
        const double decay = decay_rate(track, from, from);
        return decay > 0 ? std::min(60 / decay, max_release) : max_release;
    }
    // The level before, and the last frame near it: a beat may raise or lower single frames.
    const int64_t before = std::max<int64_t>(0, key_off - int64_t(held_seconds * frames_per_second));
    const double held = std::accumulate(l + before, l + key_off + 1, 0.) / double(key_off + 1 - before);
    int64_t to = end;
    while (to > from + 1 && (l[to] < held - release_depth || l[to] < release_floor)) --to;
    const double fall = -line_slope(l, from, to + 1) * frames_per_second;
    return fall > 60 / max_release ? std::clamp(60 / fall, min_release, max_release) : max_release;
}

} // namespace timbrel::models
