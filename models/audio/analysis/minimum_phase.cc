// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/minimum_phase.h"

#include "models/audio/analysis/fft.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace timbrel::audio {
namespace {

constexpr size_t response_taps = 1 << 14, design_size = 1 << 16;

// The filter's response as samples: a minimum-phase impulse response, by the real cepstrum (Oppenheim and Schafer,
// Discrete-Time Signal Processing).
std::vector<float> impulse_response(const std::function<double(double hz)>& gain_db, double rate) {
    RealFft fft(design_size);
    const double scale = 1.0 / design_size;
    for (size_t bin = 0; bin <= design_size / 2; ++bin) {
        const double hz = static_cast<double>(bin) * rate * scale;
        fft.frequency()[bin] = static_cast<float>(gain_db(hz) * std::numbers::ln10 / 20);
    }
    fft.backward();
    for (size_t i = 0; i < design_size; ++i) {
        const double fold = i == 0 || i == design_size / 2 ? 1 : i < design_size / 2 ? 2 : 0;
        fft.time()[i] *= static_cast<float>(fold * scale);
    }
    fft.forward();
    for (std::complex<float>& bin : fft.frequency()) bin = std::exp(bin);
    fft.backward();
    std::vector<float> response(response_taps);
    for (size_t i = 0; i < response_taps; ++i) response[i] = fft.time()[i] * static_cast<float>(scale);
    return response;
}

} // namespace

Audio minimum_phase_filtered(const Audio& audio, const std::function<double(double hz)>& gain_db) {
    const std::vector<float> response = impulse_response(gain_db, audio.rate);
    const size_t frames = audio.frames();
    RealFft fft(fast_fft_size(frames + response_taps));
    const auto transform = [&fft](const std::vector<float>& samples) {
        std::ranges::fill(fft.time(), 0.0f);
        std::ranges::copy(samples, fft.time().begin());
        fft.forward();
    };
    transform(response);
    const std::vector<std::complex<float>> spectrum(fft.frequency().begin(), fft.frequency().end());
    const float scale = 1 / static_cast<float>(fft.size());
    const auto convolve = [&](const std::vector<float>& samples) {
        transform(samples);
        for (size_t bin = 0; bin < spectrum.size(); ++bin) fft.frequency()[bin] *= spectrum[bin] * scale;
        fft.backward();
        return std::vector<float>(fft.time().begin(), fft.time().begin() + static_cast<std::ptrdiff_t>(frames));
    };
    Audio result{audio.rate, convolve(audio.left), {}};
    result.right = audio.right == audio.left ? result.left : convolve(audio.right);
    return result;
}

} // namespace timbrel::audio
