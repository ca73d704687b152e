#include "models/spectral/loudness.h"

#include "models/audio/analysis/loudness_weight.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr double gone = 50;         // dB under its peak, where a sound no longer tells how it decays
constexpr double steady = .5;       // dB per second that count as sustained
constexpr double longest_fall = 10; // seconds

} // namespace

Tensor partial_weights(const std::vector<double>& hz) {
    std::vector<double> weights;
    for (double f : hz) weights.push_back(audio::loudness_weight(f) / 2);
    return tensor_of(weights);
}

Tensor loudness_of(const Tensor& partial, const Tensor& noise, const Tensor& weights) {
    std::vector<double> band;
    for (int b = 0; b < noise_bands; ++b)
        band.push_back(audio::loudness_weight(noise_centres()[b]) * noise_widths()[b]);
    const auto tones = torch::matmul(partial.square().mean(-2), weights.unsqueeze(-1)).squeeze(-1);
    const auto power = tones + torch::matmul(noise.square().mean(-2), tensor_of(band).to(noise.device()));
    return 10 * torch::log10(power + 1e-14);
}

Tensor loudness_of(const Tensor& partial, const Tensor& noise, const std::vector<double>& hz) {
    return loudness_of(partial, noise, partial_weights(hz).to(partial.device()));
}

Tensor loudness_of(const NoteSpectrum& s) {
    std::vector<double> hz;
    for (double r : s.partials.ratio) hz.push_back(r * s.f0);
    return loudness_of(s.partial, s.noise, hz);
}

Tensor loudest(const Tensor& tracks) {
    const auto window = std::min(tracks.size(1), int64_t(.4 * frames_per_second));
    const auto power = torch::avg_pool1d(torch::pow(10, tracks / 10).unsqueeze(1), {window}, {1});
    return 10 * torch::log10(power.amax(2));
}

double decay_of(const Tensor& loudness, int64_t start, int64_t end) {
    const auto track = loudness.contiguous();
    const float* l = track.data_ptr<float>();
    const int64_t peak = std::max_element(l, l + end) - l;
    int64_t to = end;
    while (to > peak + 10 && l[to - 1] < l[peak] - gone) --to;
    const auto from = std::clamp<int64_t>(std::min(start, (peak + 2 * to) / 3), 0, to - 2);
    double sum = 0, squares = 0;
    const double middle = double(from + to - 1) / 2;
    for (int64_t t = from; t < to; ++t) {
        sum += (double(t) - middle) * l[t];
        squares += (double(t) - middle) * (double(t) - middle);
    }
    const double falling = -sum / squares * frames_per_second;
    return falling > steady ? std::min(falling, 200.) : 0;
}

double release_of(const NoteSpectrum& s, double hold) {
    const auto track = loudness_of(s).to(torch::kCPU).contiguous();
    const float* l = track.data_ptr<float>();
    const int64_t end = track.size(0) - 2, off = std::min(int64_t(hold * frames_per_second), end - 1);
    // The analysis window blurs the key's release by a few frames; begin behind them, and follow the fall for 30 dB.
    const int64_t from = std::min(off + 4, end - 1);
    if (l[from] < *std::max_element(l, l + from) - gone) {
        const double decay = decay_of(track, from, from);
        return decay > 0 ? std::min(60 / decay, longest_fall) : longest_fall;
    }
    int64_t to = from + 1;
    while (to < end && l[to] > l[from] - 30 && l[to] > -110) ++to;
    const double fallen = l[from] - l[to], seconds = double(to - from) / frames_per_second;
    return fallen < 1 ? longest_fall : std::clamp(60 / fallen * seconds, .05, longest_fall);
}

} // namespace timbrel::models
