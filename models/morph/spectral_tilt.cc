// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/morph/spectral_tilt.h"

#include "common/units.h"
#include "models/audio/analysis/loudness_weight.h"
#include "models/recipe/recipe.h"
#include "models/tensor/decibels.h"
#include "models/tensor/soft_limit.h"

#include <algorithm>
#include <cmath>

namespace timbrel::models {
namespace {

// Faster than torch::pow.
Tensor power_to_loudness(const Tensor& power) { return power.log().mul_(audio::loudness_exponent).exp_(); }

// dB at `hz` for a tilt of 1 dB per ERB.
Tensor tilt_response(const std::vector<double>& hz) {
    std::vector<double> db;
    for (double f : hz)
        db.push_back(morph_recipe().tilt_range *
                     std::tanh((hertz_to_erb_number(f) - hertz_to_erb_number(morph_recipe().tilt_pivot)) /
                               morph_recipe().tilt_range));
    return to_tensor(db);
}

// Weight of each frame while the note is held, with the loop repeating and decaying: [positions, frames].
Tensor playback_weights(int64_t frames, const LoopRange& loop, const Tensor& decay) {
    const auto options = decay.options();
    const auto decayed = [&](int64_t from, int64_t to) {
        const auto t = torch::arange(from, to, options).clamp_min(0) / frames_per_second;
        return db_to_power(-audio::loudness_exponent * torch::outer(decay, t));
    };
    auto weights = decayed(-loop.start, frames - loop.start);
    weights.slice(1, 0, int64_t(morph_recipe().tilt_attack * frames_per_second)).zero_();
    const int64_t length = loop.end - loop.start,
                  held_hops = int64_t(morph_recipe().tilt_held_seconds * frames_per_second) - loop.start;
    if (length <= 0) return weights;
    weights.slice(1, loop.end).zero_();
    for (int64_t from = length; from < held_hops; from += length) {
        const int64_t count = std::min(length, held_hops - from);
        weights.slice(1, loop.start, loop.start + count) += decayed(from, from + count);
    }
    return weights;
}

// Power responses at `hz` of auditory filters at the noise bands' centres: rounded exponentials one ERB wide (Patterson
// et al., JASA 1982). [hz, noise_bands].
Tensor auditory_filters(const std::vector<double>& hz) {
    std::vector<float> response;
    for (const double f : hz)
        for (const double centre : noise_band_centres()) {
            const double pg = 4 * std::abs(f - centre) / erb_bandwidth(centre);
            response.push_back(float((1 + pg) * std::exp(-pg)));
        }
    return to_tensor(response).view({int64_t(hz.size()), noise_bands});
}

} // namespace

SpectralTilt::SpectralTilt(const std::vector<double>& hz, LoopRange loop, torch::Device device)
    : loop_(loop), slot_filter_((auditory_filters(hz) / 2).to(device)),
      noise_filter_((auditory_filters(noise_band_centres()) * to_tensor(noise_band_widths()).unsqueeze(1)).to(device)),
      slot_response_(tilt_response(hz).to(device)), noise_response_(tilt_response(noise_band_centres()).to(device)) {
    std::vector<double> erb, weight;
    for (double f : noise_band_centres()) {
        erb.push_back(hertz_to_erb_number(f));
        weight.push_back(audio::loudness_weight(f));
    }
    band_erb_ = to_tensor(erb).to(device);
    band_loudness_weight_ = to_tensor(weight).to(device);
}

SpectralTilt::Bands SpectralTilt::bands(const Tensor& level, const Tensor& noise, const Tensor& loudness,
                                        const Tensor& decay) const {
    const auto power = torch::matmul(db_to_power(level).mean(2), slot_filter_) +
                       torch::matmul(db_to_power(noise).mean(2), noise_filter_);
    return {power, power_to_loudness(power),
            power_to_loudness(db_to_power(loudness)) * playback_weights(loudness.size(1), loop_, decay)};
}

Tensor SpectralTilt::loudness_spectrum(const Bands& b, const Tensor& tilt) const {
    const auto gain = db_to_power(torch::outer(tilt, noise_response_));
    const auto total = torch::matmul(b.power, (gain * band_loudness_weight_).unsqueeze(2)).squeeze(2) + 1e-14;
    const auto sum = torch::matmul((b.weight / power_to_loudness(total)).unsqueeze(1), b.loudness).squeeze(1) *
                     power_to_loudness(gain);
    return sum / sum.sum(1, true);
}

Tensor SpectralTilt::centroid(const Tensor& level, const Tensor& noise, const Tensor& loudness,
                              const Tensor& decay) const {
    const auto b = bands(level, noise, loudness, decay);
    return torch::mv(loudness_spectrum(b, torch::zeros_like(decay)), band_erb_);
}

void SpectralTilt::linearise(Tensor& level, Tensor& noise, const Tensor& loudness, const Tensor& decay,
                             const Tensor& weights, const Tensor& corner_centroids) const {
    const auto b = bands(level, noise, loudness, decay);
    auto tilt = torch::zeros_like(decay);
    auto spectrum = loudness_spectrum(b, tilt);
    const auto wanted = limit_to_monotone(torch::mv(spectrum, band_erb_), weights, corner_centroids,
                                          morph_recipe().tilt_curvature, morph_recipe().tilt_tolerance);
    for (int step = 0; step < morph_recipe().tilt_newton_steps; ++step, spectrum = loudness_spectrum(b, tilt)) {
        const auto now = torch::mv(spectrum, band_erb_);
        // The derivative of the centroid: a covariance of ERB number and response.
        const auto slope =
            (torch::mv(spectrum, band_erb_ * noise_response_) - now * torch::mv(spectrum, noise_response_)) *
            (audio::loudness_exponent * std::log(10.) / 10);
        tilt += ((wanted - now) / slope.clamp_min(morph_recipe().min_tilt_slope))
                    .clamp(-morph_recipe().max_tilt_step, morph_recipe().max_tilt_step);
    }
    const auto limited = soft_limit(tilt, morph_recipe().max_tilt).view({-1, 1, 1, 1});
    level += limited * slot_response_;
    noise += limited * noise_response_;
}

} // namespace timbrel::models
