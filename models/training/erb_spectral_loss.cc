// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/training/erb_spectral_loss.h"

#include "common/units.h"
#include "models/audio/analysis/detect_pitch.h"
#include "models/audio/analysis/spectral_distance.h"
#include "models/recipe/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::models {
namespace {

// Frames between windows; at least 1.
int64_t window_stride(const audio::StftResolution& r) { return std::max<int64_t>(1, int64_t(r.size) / 4 / hop); }

// Adds a sinusoid at a fractional bin to a power spectrum.
void add_sinusoid(std::span<float> bins, double position, double power) {
    const auto from = std::max<int64_t>(0, std::lround(position) - training_recipe().erb_leakage_bins);
    const auto to =
        std::min<int64_t>(int64_t(bins.size()) - 1, std::lround(position) + training_recipe().erb_leakage_bins);
    for (int64_t bin = from; bin <= to; ++bin) {
        const double leakage = audio::hann_spectrum(double(bin) - position);
        bins[size_t(bin)] += float(power * leakage * leakage);
    }
}

// Adds a noise band to a power spectrum: closely spaced sinusoids under a triangle that ends at the neighbouring
// centres.
void add_noise_band(std::span<float> bins, size_t band, double bin_spacing) {
    const auto& centres = noise_band_centres();
    const double below = centres[band] - centres[band ? band - 1 : 0];
    const double above = centres[std::min<size_t>(band + 1, noise_bands - 1)] - centres[band];
    for (int k = -training_recipe().erb_noise_lines; k <= training_recipe().erb_noise_lines; ++k) {
        const double offset = double(k) / (training_recipe().erb_noise_lines + 1);
        const double hertz = centres[band] + offset * (k < 0 ? below : above);
        add_sinusoid(bins, hertz / bin_spacing, (1 - std::abs(offset)) / (training_recipe().erb_noise_lines + 1));
    }
}

// Power that each partial, then each noise band contributes to the ERB bands: [partials + noise_bands, bands].
Tensor band_responses(const PartialTable& table, double f0, const audio::StftResolution& r) {
    const double bin_spacing = double(model_rate) / double(r.size);
    const size_t partials = table.ratio.size();
    audio::FrameTable bins{partials + noise_bands, r.size / 2 + 1, {}};
    bins.values.resize(bins.frames * bins.columns);
    for (size_t n = 0; n < partials; ++n) add_sinusoid(bins.row(n), table.ratio[n] * f0 / bin_spacing, 1);
    for (size_t j = 0; j < noise_bands; ++j) add_noise_band(bins.row(partials + j), j, bin_spacing);
    const auto sums = audio::ErbBands(r.size, r.bands, model_rate).sums(bins);
    return to_tensor(sums.values).view({int64_t(sums.frames), int64_t(sums.columns)});
}

// Averages power under a squared Hann window around every `window_stride`th frame: [frames, windows].
Tensor window_matrix(int64_t frames, const audio::StftResolution& r) {
    const double half = double(r.size) / hop / 2;
    const auto weight = [half](const Tensor& distance) {
        const auto hann = .5 + .5 * torch::cos(std::numbers::pi * distance.clamp(-half, half) / half);
        return hann.square();
    };
    const auto distance = torch::arange(frames).unsqueeze(1) - torch::arange(0, frames, window_stride(r));
    return weight(distance) / weight(torch::arange(-std::ceil(half), std::ceil(half) + 1)).sum();
}

std::map<int64_t, std::vector<int64_t>> rows_by_pitch(const std::vector<int64_t>& pitches) {
    std::map<int64_t, std::vector<int64_t>> rows;
    for (size_t i = 0; i < pitches.size(); ++i) rows[pitches[i]].push_back(int64_t(i));
    return rows;
}

} // namespace

const Tensor& ErbSpectralLoss::band_weights(int64_t pitch, size_t resolution) {
    auto& cached = band_weights_[{pitch, resolution}];
    if (cached.defined()) return cached;
    const double f0 = note_to_hertz(double(pitch));
    const auto table = harmonic_table(f0);
    const FeatureMap map(table, f0, torch::kCPU);
    const auto unit_features = torch::eye(feature_count);
    const auto responses = band_responses(table, f0, audio::stft_resolutions[resolution]);
    const int64_t partials = table.size();
    cached = torch::mm(map.partials(unit_features), responses.slice(0, 0, partials));
    cached.slice(0, noise_start, noise_start + noise_bands) += responses.slice(0, partials);
    return cached = cached.to(device_);
}

Tensor ErbSpectralLoss::operator()(const Tensor& predicted, const Tensor& target, const std::vector<int64_t>& pitches,
                                   const Tensor& weight) {
    const auto power = [](const Tensor& x) {
        return torch::exp(gate_floor(from_network_units(x)) * (std::numbers::ln10 / 10));
    };
    const auto predicted_power = power(predicted), target_power = power(target);
    std::map<int64_t, Tensor> rows_of; // of each pitch
    std::vector<Tensor> all_rows;
    for (const auto& [pitch, rows] : rows_by_pitch(pitches))
        all_rows.push_back(rows_of[pitch] = torch::tensor(rows).to(device_));
    const auto order = torch::cat(all_rows);
    auto sum = torch::zeros({}, predicted.options());
    for (size_t r = 0; r < audio::stft_resolutions.size(); ++r) {
        const auto& resolution = audio::stft_resolutions[r];
        const auto window = window_matrix(predicted.size(2), resolution).to(device_);
        const auto bands = [&](const Tensor& p) {
            const auto windows = torch::matmul(p, window).transpose(1, 2);
            std::vector<Tensor> parts;
            for (const auto& [pitch, rows] : rows_of)
                parts.push_back(torch::matmul(windows.index_select(0, rows), band_weights(pitch, r)));
            return torch::cat(parts);
        };
        const auto target_bands = bands(target_power);
        const auto db =
            10 * torch::log10((bands(predicted_power) + audio::clamp_ratio) / (target_bands + audio::clamp_ratio));
        const auto error = (db.square().mean(2) + training_recipe().erb_sqrt_epsilon).sqrt();
        const auto frame_weight = weight.index_select(0, order).slice(1, 0, None, window_stride(resolution)) *
                                  (target_bands.amax(2) > audio::silence_ratio);
        sum = sum + (error * frame_weight).sum() / frame_weight.sum().clamp_min(1);
    }
    return sum / double(audio::stft_resolutions.size());
}

} // namespace timbrel::models
