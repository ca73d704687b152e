// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/blend/blend_frames.h"

#include "models/audio/analysis/loudness_weight.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {

StftAnalysis::StftAnalysis(const StftShape& shape)
    : bands_(shape.size(), shape.rate), window_(shape.window()), weight_(shape.bins()), power_(shape.bins()),
      fft_(shape.size()) {
    const double step = 2 * std::numbers::pi / static_cast<double>(shape.window());
    for (size_t i = 0; i < window_.size(); ++i)
        window_[i] = static_cast<float>(0.5 - 0.5 * std::cos(step * static_cast<double>(i)));
    const double spacing = shape.rate / static_cast<double>(shape.size());
    for (size_t i = 0; i < weight_.size(); ++i)
        weight_[i] = static_cast<float>(loudness_weight(spacing * static_cast<double>(i)));
    for (auto& channel : input_) channel.resize(shape.window());
    for (auto& channel : spectrum_) channel.resize(shape.bins());
    std::ranges::fill(fft_.time(), 0.0f);
}

void StftAnalysis::push(std::span<const float> left, std::span<const float> right) {
    std::ranges::fill(power_, 0.0f);
    const std::array blocks{left, right};
    const size_t padding = (fft_.size() - window_.size()) / 2;
    for (size_t channel = 0; channel < 2; ++channel) {
        auto& input = input_[channel];
        std::ranges::copy(blocks[channel],
                          std::ranges::copy(input.begin() + static_cast<std::ptrdiff_t>(blocks[channel].size()),
                                            input.end(), input.begin())
                              .out);
        for (size_t i = 0; i < window_.size(); ++i) fft_.time()[padding + i] = window_[i] * input[i];
        fft_.forward();
        std::ranges::copy(fft_.frequency(), spectrum_[channel].begin());
        for (size_t i = 0; i < power_.size(); ++i) {
            const std::complex<float> value = spectrum_[channel][i];
            power_[i] += value.real() * value.real() + value.imag() * value.imag();
        }
    }
}

double StftAnalysis::loudness(const StereoSpectrum& spectrum) const {
    double sum = 0;
    for (const auto& channel : spectrum)
        for (size_t i = 0; i < weight_.size(); ++i) sum += static_cast<double>(weight_[i] * std::norm(channel[i]));
    return sum;
}

StftSynthesis::StftSynthesis(const StftShape& shape) : hop_(shape.hop), fft_(shape.size()) {
    for (auto& channel : sum_) channel.resize(shape.size());
    for (auto& channel : block_) channel.resize(shape.hop);
}

StereoBlock StftSynthesis::push(const StereoSpectrum& spectrum) {
    // Hann windows with a hop of a quarter sum to 2; FFTW scales by the FFT size.
    const float scale = 0.5f / static_cast<float>(fft_.size());
    for (size_t channel = 0; channel < 2; ++channel) {
        auto& sum = sum_[channel];
        std::ranges::copy(spectrum[channel], fft_.frequency().begin());
        fft_.backward();
        for (size_t i = 0; i < sum.size(); ++i) sum[i] += scale * fft_.time()[i];
        const auto rest = sum.begin() + static_cast<std::ptrdiff_t>(hop_);
        std::copy(sum.begin(), rest, block_[channel].begin());
        std::fill(std::copy(rest, sum.end(), sum.begin()), sum.end(), 0.0f);
    }
    return {block_[0], block_[1]};
}

} // namespace timbrel::audio
