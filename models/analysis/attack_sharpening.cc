#include "models/analysis/attack_sharpening.h"

#include "models/synthesis/additive_synthesis.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int bands = 24;
constexpr int rounds = 2;

struct Bands {
    Tensor energy;              // [frames, 2, bands that have bins]
    std::vector<double> log_hz; // their centres
};

Bands band_energy(const Tensor& x, double f0, int64_t frames) {
    const int64_t length = int64_t(std::max(2.0 * hop, 2 * model_rate / f0) / 2 + .5) * 2;
    int64_t fft_size = 1;
    while (fft_size < length) fft_size *= 2;
    auto edges = erb_points(bands - 1, 120, 20000);
    edges.insert(edges.begin(), 0);
    edges.push_back(24000);
    const int64_t bins = fft_size / 2 + 1;
    auto sums = torch::zeros({bins, bands});
    std::vector<bool> present(bands, false);
    for (int64_t i = 0; i < bins; ++i) {
        const double hz = double(i) * model_rate / double(fft_size);
        const auto b =
            std::clamp<int64_t>(std::upper_bound(edges.begin(), edges.end(), hz) - edges.begin() - 1, 0, bands - 1);
        sums[i][b] = 1;
        present[b] = true;
    }
    Bands result;
    std::vector<int64_t> kept;
    for (int b = 0; b < bands; ++b)
        if (present[b]) {
            kept.push_back(b);
            const double centre = b == 0 ? 60 : b == bands - 1 ? 20000 : .5 * (edges[b] + edges[b + 1]);
            result.log_hz.push_back(std::log(centre));
        }
    const auto window = torch::hann_window(length + 2, false, x.options()).slice(0, 1, length + 1);
    const auto rows =
        torch::constant_pad_nd(x, {length / 2, length}).unfold(1, length, hop).slice(1, 0, frames) * window;
    const auto power = torch::fft_rfft(rows, fft_size).abs().square();
    result.energy = torch::matmul(power, sums.index_select(1, torch::tensor(kept)).to(x.device())).transpose(0, 1);
    return result;
}

Tensor log_gains_at(const Tensor& gains, const std::vector<double>& log_hz, const std::vector<double>& hz) {
    std::vector<double> at;
    for (double f : hz) at.push_back(std::log(f));
    return torch::exp(torch::matmul(gains, interpolation_matrix(log_hz, at).to(gains.device())));
}

} // namespace

void sharpen_attack(NoteSpectrum& s, const Tensor& sound) {
    const int64_t frames = std::min<int64_t>(int64_t(6 / s.f0 * frames_per_second) + 4, s.frames() - 1);
    const int64_t context = std::min<int64_t>(frames + int64_t(model_rate / s.f0 / hop) + 4, s.frames());
    const auto wanted = band_energy(sound.slice(1, 0, (context - 1) * hop), s.f0, frames);
    const auto floor = wanted.energy.max() * 1e-9 + 1e-20;
    std::vector<double> partial_hz;
    for (double r : s.partials.ratio) partial_hz.push_back(r * s.f0);
    NoteSpectrum head = s;
    for (int round = 0; round < rounds; ++round) {
        head.partial = s.partial.slice(0, 0, context);
        head.noise = s.noise.slice(0, 0, context);
        const auto found = band_energy(synthesise(head), s.f0, frames);
        const auto gain = (.5 * torch::log((wanted.energy + floor) / (found.energy + floor))).clamp(-3.5, 1.6);
        s.partial.slice(0, 0, frames) *= log_gains_at(gain, found.log_hz, partial_hz);
        s.noise.slice(0, 0, frames) *= log_gains_at(gain, found.log_hz, noise_centres());
    }
}

} // namespace timbrel::models
