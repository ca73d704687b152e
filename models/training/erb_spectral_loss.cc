#include "models/training/erb_spectral_loss.h"

#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

constexpr double smallest_square = .25; // dB², so that the root has a slope at 0
constexpr int reach = 24;               // bins, beyond which lies less than silence
constexpr int lines_of_noise = 8;       // to either side of a band's centre

// Frames between windows; no more windows than frames.
int64_t every(const audio::Resolution& r) { return std::max<int64_t>(1, int64_t(r.size) / 4 / hop); }

// Adds a line to the bins of a power spectrum.
void add_line(std::span<float> bins, double place, double power) {
    const auto from = std::max<int64_t>(0, std::lround(place) - reach);
    const auto to = std::min<int64_t>(int64_t(bins.size()) - 1, std::lround(place) + reach);
    for (int64_t bin = from; bin <= to; ++bin) {
        const double leak = audio::hann_spectrum(double(bin) - place);
        bins[size_t(bin)] += float(power * leak * leak);
    }
}

// Adds noise around the centre of a band, falling to nothing at its neighbours', as lines close together.
void add_band(std::span<float> bins, size_t band, double spacing) {
    const auto& centres = noise_centres();
    const double below = centres[band] - centres[band ? band - 1 : 0];
    const double above = centres[std::min<size_t>(band + 1, noise_bands - 1)] - centres[band];
    for (int k = -lines_of_noise; k <= lines_of_noise; ++k) {
        const double away = double(k) / (lines_of_noise + 1);
        const double hertz = centres[band] + away * (k < 0 ? below : above);
        add_line(bins, hertz / spacing, (1 - std::abs(away)) / (lines_of_noise + 1));
    }
}

// What each partial (first) and noise of each band give to the bands: [partials + noise_bands, bands].
Tensor heard_lines(const PartialTable& table, double f0, const audio::Resolution& r) {
    const double spacing = double(model_rate) / double(r.size);
    const size_t partials = table.ratio.size();
    audio::FrameTable bins{partials + noise_bands, r.size / 2 + 1, {}};
    bins.values.resize(bins.frames * bins.columns);
    for (size_t n = 0; n < partials; ++n) add_line(bins.row(n), table.ratio[n] * f0 / spacing, 1);
    for (size_t j = 0; j < noise_bands; ++j) add_band(bins.row(partials + j), j, spacing);
    const auto sums = audio::EarBands(r.size, r.bands, model_rate).sums(bins);
    return tensor_of(sums.values).view({int64_t(sums.frames), int64_t(sums.columns)});
}

// Mean power through a Hann window around every `every`th frame: [frames, windows].
Tensor windows(int64_t frames, const audio::Resolution& r) {
    const double half = double(r.size) / hop / 2;
    const auto weight = [half](const Tensor& away) {
        const auto window = .5 + .5 * torch::cos(std::numbers::pi * away.clamp(-half, half) / half);
        return window.square();
    };
    const auto away = torch::arange(frames).unsqueeze(1) - torch::arange(0, frames, every(r));
    return weight(away) / weight(torch::arange(-std::ceil(half), std::ceil(half) + 1)).sum();
}

} // namespace

const Tensor& EarLoss::footprint(int64_t pitch, size_t resolution) {
    auto& known = footprints_[{pitch, resolution}];
    if (known.defined()) return known;
    const double f0 = audio::hertz_of(double(pitch));
    const auto table = harmonic_table(f0);
    const FeatureMap map(table, f0, torch::kCPU);
    const auto one_each = torch::eye(feature_count);
    const auto lines = heard_lines(table, f0, audio::compared_resolutions[resolution]);
    const int64_t partials = table.size();
    known = torch::mm(map.partials(one_each), lines.slice(0, 0, partials));
    known.slice(0, noise_start, noise_start + noise_bands) += lines.slice(0, partials);
    return known = known.to(device_);
}

Tensor EarLoss::operator()(const Tensor& found, const Tensor& wanted, const std::vector<int64_t>& pitches,
                           const Tensor& weight) {
    const auto power = [](const Tensor& x) { return torch::exp(gated(from_network(x)) * (std::numbers::ln10 / 10)); };
    const auto a = power(found), b = power(wanted);
    auto sum = torch::zeros({}, found.options());
    for (size_t r = 0; r < audio::compared_resolutions.size(); ++r) {
        std::vector<Tensor> footprints;
        for (const auto pitch : pitches) footprints.push_back(footprint(pitch, r));
        const auto prints = torch::stack(footprints);
        const auto time = windows(found.size(2), audio::compared_resolutions[r]).to(device_);
        const auto bands = [&](const Tensor& p) {
            return torch::matmul(torch::matmul(p, time).transpose(1, 2), prints);
        };
        const auto there = bands(b);
        const auto db = 10 * torch::log10((bands(a) + audio::floor_share) / (there + audio::floor_share));
        const auto off = (db.square().mean(2) + smallest_square).sqrt();
        const auto counts =
            weight.slice(1, 0, None, every(audio::compared_resolutions[r])) * (there.amax(2) > audio::inaudible_share);
        sum = sum + (off * counts).sum() / counts.sum().clamp_min(1);
    }
    return sum / double(audio::compared_resolutions.size());
}

} // namespace timbrel::models
