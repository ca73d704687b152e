// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/attack_sharpening.h"

#include "models/spectral/overlap_add.h"
#include "models/synthesis/additive_synthesis.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace timbrel::models {
namespace {

constexpr int bands = 24;
constexpr double lowest_edge = 120, highest_edge = 20000;    // Hz, of the inner bands
constexpr double lowest_centre = 60, highest_centre = 20000; // Hz, taken for the outer bands
constexpr int iterations = 2;
constexpr double periods = 6;                             // of the fundamental that are corrected
constexpr double min_log_gain = -3.5, max_log_gain = 1.6; // natural logarithm of amplitude, for each iteration
constexpr double energy_floor = 1e-9;                     // relative to the largest band energy

struct BandEnergy {
    Tensor energy;              // [frames, 2, bands that have bins]
    std::vector<double> log_hz; // natural logarithm of their centres
};

// Band edges in Hz, ascending: [bands + 1].
std::vector<double> band_edges() {
    auto edges = erb_points(bands - 1, lowest_edge, highest_edge);
    edges.insert(edges.begin(), 0);
    edges.push_back(24000);
    return edges;
}

BandEnergy band_energy(const Tensor& x, double f0, int64_t frames) {
    const int64_t length = int64_t(std::max(2.0 * hop, 2 * model_rate / f0) / 2 + .5) * 2;
    const auto fft_size = int64_t(std::bit_ceil(uint64_t(length)));
    const auto edges = band_edges();
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
    BandEnergy result;
    std::vector<int64_t> kept;
    for (int b = 0; b < bands; ++b)
        if (present[b]) {
            kept.push_back(b);
            const double centre = b == 0           ? lowest_centre
                                  : b == bands - 1 ? highest_centre
                                                   : .5 * (edges[b] + edges[b + 1]);
            result.log_hz.push_back(std::log(centre));
        }
    const auto window = torch::hann_window(length + 2, false, x.options()).slice(0, 1, length + 1);
    const auto power = torch::fft_rfft(windowed_frames(x, length, frames, window), fft_size).abs().square();
    result.energy = torch::matmul(power, sums.index_select(1, torch::tensor(kept)).to(x.device())).transpose(0, 1);
    return result;
}

// Amplitude gains at `hz` from logarithmic gains [..., bands] at `log_hz`, linear over log frequency.
Tensor gains_at(const Tensor& log_gains, const std::vector<double>& log_hz, const std::vector<double>& hz) {
    std::vector<double> at;
    for (double f : hz) at.push_back(std::log(f));
    return torch::exp(torch::matmul(log_gains, interpolation_matrix(log_hz, at).to(log_gains.device())));
}

} // namespace

void sharpen_attack(NoteSpectrum& s, const Tensor& sound) {
    const int64_t frames = std::min<int64_t>(int64_t(periods / s.f0 * frames_per_second) + 4, s.frames() - 1);
    const int64_t context = std::min<int64_t>(frames + int64_t(model_rate / s.f0 / hop) + 4, s.frames());
    const auto wanted = band_energy(sound.slice(1, 0, (context - 1) * hop), s.f0, frames);
    const auto floor = wanted.energy.max() * energy_floor + 1e-20;
    const auto partial_hz = s.partial_hz();
    NoteSpectrum head = s;
    for (int i = 0; i < iterations; ++i) {
        head.partial = s.partial.slice(0, 0, context);
        head.noise = s.noise.slice(0, 0, context);
        const auto found = band_energy(synthesise(head), s.f0, frames);
        const auto log_gain =
            (.5 * torch::log((wanted.energy + floor) / (found.energy + floor))).clamp(min_log_gain, max_log_gain);
        s.partial.slice(0, 0, frames) *= gains_at(log_gain, found.log_hz, partial_hz);
        s.noise.slice(0, 0, frames) *= gains_at(log_gain, found.log_hz, noise_band_centres());
    }
}

} // namespace timbrel::models
