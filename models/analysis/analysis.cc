// SPDX-License-Identifier: GPL-3.0-or-later
// Constants without a named source were set by hand; no comparison of other values is recorded.
#include "models/analysis/analysis.h"

#include "models/analysis/attack_sharpening.h"
#include "models/analysis/free_partials.h"
#include "models/analysis/partial_projection.h"
#include "models/analysis/partials.h"
#include "models/analysis/pitch.h"
#include "models/analysis/residual.h"
#include "models/spectral/overlap_add.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

namespace timbrel::models {
namespace {

constexpr double min_window = .040;        // seconds
constexpr double inharmonic_window = .080; // seconds, of noise between free partials
constexpr double lobe_bins = 1.93;         // half width of a partial's main lobe, in bins of a Hann window
constexpr double min_noise_hz = 15, max_noise_hz = 21000;
constexpr double min_band_weight = .05;  // sum of a band's weights on free bins; below, neighbours fill it
constexpr double silent_density = 1e-22; // power per Hz
constexpr double least_phase = 1e-3;     // radians; less is rounding
constexpr double cancellation = .1;      // peak of the mono sum over the peak of the channels
constexpr int smoothing_side = 4;        // frames to either side
constexpr double smoothing_from = 20, smoothing_fade = 20; // frames

struct NoiseLevels {
    Tensor log_density;     // [2, hops, noise_bands] natural logarithm of power per Hz
    double correlation = 1; // of the channels, 0–1
};

int64_t even_length(double seconds) { return int64_t(std::lround(seconds * model_rate / 2)) * 2; }

// Weights [bins, noise_bands] of the bins of a spectrum over `length` frames for each band; 0 within a main lobe of a
// partial or of 0 Hz.
Tensor free_bin_weights(std::vector<double> partial_hz, int64_t length, int64_t fft_size) {
    const int64_t bins = fft_size / 2 + 1;
    partial_hz.push_back(0);
    std::sort(partial_hz.begin(), partial_hz.end());
    std::vector<double> bin_hz(bins);
    for (int64_t i = 0; i < bins; ++i) bin_hz[i] = double(i) * model_rate / double(fft_size);
    auto weights = interpolation_matrix(noise_band_centres(), bin_hz).t().contiguous();
    auto w = weights.accessor<float, 2>();
    for (int64_t i = 0; i < bins; ++i) {
        const auto above = std::lower_bound(partial_hz.begin(), partial_hz.end(), bin_hz[i]);
        double nearest = 1e9;
        if (above != partial_hz.end()) nearest = *above - bin_hz[i];
        if (above != partial_hz.begin()) nearest = std::min(nearest, bin_hz[i] - *(above - 1));
        if (nearest < lobe_bins * model_rate / double(length) || bin_hz[i] < min_noise_hz || bin_hz[i] > max_noise_hz)
            for (int b = 0; b < noise_bands; ++b) w[i][b] = 0;
    }
    return weights;
}

double channel_correlation(const Tensor& spectra, const Tensor& free_bins) {
    const auto cross = (torch::real(spectra[0] * spectra[1].conj()) * free_bins).sum().item<double>();
    const auto power = (spectra.abs().square() * free_bins).sum({1, 2});
    const double scale = std::sqrt(power[0].item<double>() * power[1].item<double>());
    return scale > 1e-20 ? std::clamp(cross / scale, 0.0, 1.0) : 1.0;
}

// Noise between the partials. Bands without a free bin are interpolated from their neighbours.
NoiseLevels measure_noise(const Tensor& x, double window_seconds, const std::vector<double>& partial_hz, int64_t hops) {
    const auto device = x.device();
    const int64_t length = even_length(std::max(window_seconds, min_window));
    const auto fft_size = int64_t(std::bit_ceil(uint64_t(length)));
    const auto weights = free_bin_weights(partial_hz, length, fft_size);
    const auto totals = weights.sum(0);
    std::vector<int64_t> present;
    std::vector<double> present_hz;
    for (int b = 0; b < noise_bands; ++b)
        if (totals[b].item<float>() > min_band_weight)
            present.push_back(b), present_hz.push_back(noise_band_centres()[b]);
    NoiseLevels result;
    if (present.empty()) { // partials without any gap between them: taken as noiseless
        result.log_density = torch::full({2, hops, noise_bands}, std::log(silent_density), x.options());
        return result;
    }

    const auto window = torch::hann_window(length, true, x.options());
    const auto spectra = torch::fft_rfft(windowed_frames(x, length, hops, window), fft_size);
    const auto density = spectra.abs().square() * (2 / (window.square().sum().item<double>() * model_rate));
    const auto chosen = torch::tensor(present);
    const auto average = (weights.index_select(1, chosen) / totals.index_select(0, chosen)).to(device);
    const auto fill = interpolation_matrix(present_hz, noise_band_centres()).to(device);
    result.log_density = torch::matmul(torch::log(torch::matmul(density, average) + silent_density), fill);
    result.correlation = channel_correlation(spectra, (weights.sum(1) > 0).to(x.options()));
    return result;
}

// The phase δ of each left partial less the right one's, chosen so that partials of constant phase have the correlation
// of the recording's, cos δ: [active]. Where the phase moves, as in an ensemble, the correlation is that over the note.
Tensor measure_channel_phase(const PartialProjection& p) {
    const auto left = torch::complex(p.re[0], -p.im[0]).to(torch::kComplexDouble),
               right = torch::complex(p.re[1], -p.im[1]).to(torch::kComplexDouble);
    const auto scale = (left.abs().square().sum(0) * right.abs().square().sum(0)).sqrt();
    const auto cross = (left * right.conj()).sum(0) / scale.clamp_min(silent_density);
    const auto phase = torch::acos(torch::real(cross).clamp(-1, 1)) * torch::sgn(torch::imag(cross) + silent_density);
    const auto apart = (scale > silent_density) & (phase.abs() > least_phase);
    return torch::where(apart, phase, torch::zeros_like(phase)).to(torch::kFloat);
}

// Amplitudes of the partials [hops, 2, partials]; inactive ones stay 0.
Tensor measure_partials(const PartialProjection& p, const PartialTable& table, const Tensor& log_density,
                        int64_t hops) {
    const auto device = p.re.device();
    const auto power = p.re.square() + p.im.square();
    const auto at_partials = interpolation_matrix(noise_band_centres(), p.hz).to(device);
    const auto noise_power = torch::exp(torch::matmul(log_density, at_partials)) * (p.window_sum2 * model_rate / 2);
    const auto amplitude = (power - noise_power).clamp_min(0).sqrt() * (2 / p.window_sum);
    auto all = torch::zeros({hops, 2, table.size()}, p.re.options());
    all.index_copy_(2, torch::tensor(p.active).to(device), amplitude.transpose(0, 1));
    return all;
}

// The mean of the channels, or the louder one where opposite phases cancel.
Tensor mono_mix(const Tensor& x) {
    const auto mean = x.mean(0);
    if (mean.abs().max().item<float>() < float(cancellation) * x.abs().max().item<float>())
        return x[x.square().sum(1).argmax().item<int64_t>()];
    return mean;
}

// The partials of an inharmonic sound; nothing for others.
std::optional<PartialTable> inharmonic_partials(const Tensor& mono, double f0, double nominal,
                                                const PartialTable* layer) {
    if (!layer) return find_inharmonic_partials(mono, find_partials(mono, f0, Modal::no), f0, nominal);
    return layer->free > 0 ? std::optional(*layer) : std::nullopt;
}

// Noise between the partials of the sound, or between what is left of them where some are free: these are so close that
// too little of the spectrum is between them.
NoiseLevels noise_between(const NoteSpectrum& s, const Tensor& sound, const PartialProjection& p, int64_t hops) {
    const double window = s.partials.window_periods() / s.f0;
    if (s.partials.free == 0) return measure_noise(sound, window, p.hz, hops);
    const auto amplitude = (p.re.square() + p.im.square()).sqrt() * (2 / p.window_sum);
    return measure_noise(without_partials(sound, p, amplitude), std::max(window, inharmonic_window), p.hz, hops);
}

// Sets all but the frequencies of the spectrum.
void measure_spectrum(NoteSpectrum& s, const Tensor& sound, int64_t hops) {
    const auto projection = project_partials(sound, s.f0, s.partials, hops);
    const auto levels = noise_between(s, sound, projection, hops);
    s.noise_correlation = levels.correlation;
    s.partial = measure_partials(projection, s.partials, levels.log_density, hops);
    s.channel_phase =
        torch::zeros({s.partials.size()})
            .index_copy_(0, torch::tensor(projection.active), measure_channel_phase(projection).to(torch::kCPU));
    s.noise = torch::exp(.5 * levels.log_density).transpose(0, 1).contiguous();
    sharpen_attack(s, sound);
    s.noise = smooth_noise(s.noise);
}

} // namespace

Tensor smooth_noise(const Tensor& noise) {
    const auto frames = noise.size(0);
    const auto power = noise.square().permute({1, 2, 0});
    const auto padded = torch::replication_pad1d(power, {smoothing_side, smoothing_side});
    const auto mean = torch::avg_pool1d(padded, 2 * smoothing_side + 1, 1).permute({2, 0, 1});
    const auto late =
        ((torch::arange(frames, noise.options()) - smoothing_from) / smoothing_fade).clamp(0, 1).view({-1, 1, 1});
    return torch::exp(.5 * (late * torch::log(mean + 1e-18) + (1 - late) * torch::log(noise.square() + 1e-18)));
}

Analysis analyse(const Tensor& x, double nominal, torch::Device device, const PartialTable* layer) {
    const auto mono = mono_mix(x);
    Analysis a;
    auto& s = a.spectrum;
    s.f0 = refine_f0(mono, nominal);
    const int64_t hops = x.size(1) / hop;
    a.pitch_deviation = track_harmonics(mono, s.f0, hops);
    if (const auto inharmonic = inharmonic_partials(mono, s.f0, nominal, layer)) {
        s.f0 = nominal; // what harmonics would have there is no measure of its pitch
        s.partials = *inharmonic;
        a.pitch_deviation.deviation.zero_();
        a.frame_times.resize(size_t(x.size(1)));
        std::iota(a.frame_times.begin(), a.frame_times.end(), 0.);
        a.sound = x.clone();
    } else {
        a.frame_times = constant_pitch_times(track_f0(a.pitch_deviation), s.f0, x.size(1));
        a.sound = flatten_pitch(x, a.frame_times);
        s.partials = find_partials(flatten_pitch(mono.unsqueeze(0), a.frame_times)[0], s.f0);
    }
    measure_spectrum(s, a.sound.to(device), hops);
    return a;
}

} // namespace timbrel::models
