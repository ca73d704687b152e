#include "models/analysis/analysis.h"

#include "models/analysis/attack_sharpening.h"
#include "models/analysis/partial_projection.h"
#include "models/analysis/partials.h"
#include "models/analysis/pitch.h"
#include "models/spectral/overlap_add.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

int64_t even_length(double seconds) { return int64_t(std::lround(seconds * model_rate / 2)) * 2; }

// Power spectral density of the noise in the 96 bands, as natural logarithm: [2, hops, noise_bands], and the channels'
// correlation there. Bins within 1.93 bins of a partial (or of 0 Hz) are left out; bands without a bin left take their
// level from their neighbours.
struct NoiseLevels {
    Tensor log_density;
    double correlation;
};

NoiseLevels measure_noise(const Tensor& x, double window_seconds, const std::vector<double>& partial_hz, int64_t hops) {
    const auto device = x.device();
    const int64_t length = even_length(std::max(window_seconds, .040));
    int64_t fft_size = 1;
    while (fft_size < length) fft_size *= 2;
    const int64_t bins = fft_size / 2 + 1;
    auto lines = partial_hz;
    lines.push_back(0);
    std::sort(lines.begin(), lines.end());

    std::vector<double> band_number(noise_bands), bin_hz(bins);
    for (int i = 0; i < noise_bands; ++i) band_number[i] = i;
    for (int64_t i = 0; i < bins; ++i) bin_hz[i] = double(i) * model_rate / double(fft_size);
    auto weights = interpolation_matrix(noise_centres(), bin_hz).t().contiguous();
    auto w = weights.accessor<float, 2>();
    for (int64_t i = 0; i < bins; ++i) {
        const auto above = std::lower_bound(lines.begin(), lines.end(), bin_hz[i]);
        double nearest = 1e9;
        if (above != lines.end()) nearest = *above - bin_hz[i];
        if (above != lines.begin()) nearest = std::min(nearest, bin_hz[i] - *(above - 1));
        if (nearest < 1.93 * model_rate / double(length) || bin_hz[i] < 15 || bin_hz[i] > 21000)
            for (int b = 0; b < noise_bands; ++b) w[i][b] = 0;
    }
    const auto totals = weights.sum(0);
    std::vector<int64_t> present;
    std::vector<double> present_hz;
    for (int b = 0; b < noise_bands; ++b)
        if (totals[b].item<float>() > .05) present.push_back(b), present_hz.push_back(noise_centres()[b]);

    const auto window = torch::hann_window(length, true, x.options());
    const auto spectra = torch::fft_rfft(stretches(x, length, hops, window), fft_size);
    const auto density = spectra.abs().square() * (2 / (window.square().sum().item<double>() * model_rate));
    NoiseLevels result;
    if (present.empty()) { // partials so close that no gap remains: call it noiseless
        result.log_density = torch::full({2, hops, noise_bands}, std::log(1e-22), x.options());
        result.correlation = 1;
        return result;
    }
    const auto chosen = torch::tensor(present);
    const auto average = (weights.index_select(1, chosen) / totals.index_select(0, chosen)).to(device);
    const auto fill = interpolation_matrix(present_hz, noise_centres()).to(device);
    result.log_density = torch::matmul(torch::log(torch::matmul(density, average) + 1e-22), fill);

    const auto free_bins = (weights.sum(1) > 0).to(x.options());
    const auto cross = (torch::real(spectra[0] * spectra[1].conj()) * free_bins).sum().item<double>();
    const auto power = (spectra.abs().square() * free_bins).sum({1, 2});
    const double scale = std::sqrt(power[0].item<double>() * power[1].item<double>());
    result.correlation = scale > 1e-20 ? std::clamp(cross / scale, 0.0, 1.0) : 1.0;
    return result;
}

// Amplitudes of the partials [hops, 2, partials]; inactive ones stay 0.
Tensor measure_partials(const Tensor& x, double f0, const PartialTable& table, const Tensor& log_density,
                        int64_t hops) {
    const auto device = x.device();
    const auto p = project(x, f0, table, hops);
    const auto power = p.re.square() + p.im.square();
    const auto at_partials = interpolation_matrix(noise_centres(), p.hz).to(device);
    const auto beneath = torch::exp(torch::matmul(log_density, at_partials)) * (p.window_sum2 * model_rate / 2);
    const auto amplitude = (power - beneath).clamp_min(0).sqrt() * (2 / p.window_sum);
    auto all = torch::zeros({hops, 2, table.size()}, x.options());
    all.index_copy_(2, torch::tensor(p.active).to(device), amplitude.transpose(0, 1));
    return all;
}

} // namespace

Tensor settled(const Tensor& noise) {
    const auto frames = noise.size(0);
    const auto power = noise.square().permute({1, 2, 0});
    const auto padded = torch::replication_pad1d(power, {4, 4});
    const auto mean = torch::avg_pool1d(padded, 9, 1).permute({2, 0, 1});
    const auto late = ((torch::arange(frames, noise.options()) - 20) / 20).clamp(0, 1).view({-1, 1, 1});
    return torch::exp(.5 * (late * torch::log(mean + 1e-18) + (1 - late) * torch::log(noise.square() + 1e-18)));
}

Analysis analyse(const Tensor& x, double nominal, torch::Device device) {
    auto mono = x.mean(0);
    if (mono.abs().max().item<float>() < .1f * x.abs().max().item<float>())
        mono = x[x.square().sum(1).argmax().item<int64_t>()]; // channels in opposite phase cancel
    Analysis a;
    auto& s = a.spectrum;
    s.f0 = refine_f0(mono, nominal);
    const int64_t hops = x.size(1) / hop;
    a.movement = movement_of(mono, s.f0, hops);
    a.flat = flat_time(track_f0(a.movement), s.f0, x.size(1));
    a.sound = flattened(x, a.flat);
    const auto flat_mono = flattened(mono.unsqueeze(0), a.flat)[0];
    s.partials = find_partials(flat_mono, s.f0);

    std::vector<double> lines;
    for (int k = 0; k < s.partials.size(); ++k)
        if (s.partials.active[k]) lines.push_back(s.partials.ratio[k] * s.f0);
    const auto sound = a.sound.to(device);
    const auto levels = measure_noise(sound, s.partials.periods() / s.f0, lines, hops);
    s.noise_correlation = levels.correlation;
    s.partial = measure_partials(sound, s.f0, s.partials, levels.log_density, hops);
    s.noise = torch::exp(.5 * levels.log_density).transpose(0, 1).contiguous();
    sharpen_attack(s, sound);
    s.noise = settled(s.noise);
    return a;
}

} // namespace timbrel::models
