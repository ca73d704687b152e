// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/spectral/overlap_add.h"

#include "models/spectral/note_spectrum.h"

#include <cmath>
#include <numbers>

namespace timbrel::models {

Tensor windowed_frames(const Tensor& x, int64_t length, int64_t hops, const Tensor& window) {
    return torch::constant_pad_nd(x, {length / 2, length}).unfold(1, length, hop).slice(1, 0, hops) * window;
}

namespace {

// [rows, hops + 1, 2 · hop] overlapping blocks, each centred on its frame → [rows, hops · hop].
Tensor overlap_add(const Tensor& blocks) {
    const auto rows = blocks.size(0), hops = blocks.size(1) - 1;
    const auto late = blocks.slice(1, 0, hops).slice(2, hop), early = blocks.slice(1, 1).slice(2, 0, hop);
    return (late + early).reshape({rows, hops * hop});
}

} // namespace

// The cosines are even in τ and the sines odd, so the products for τ ≥ 0 give those for τ < 0 as well.
Tensor oscillator_sum(const Tensor& re, const Tensor& im, const Tensor& frequency) {
    const auto rows = re.size(0), frames = re.size(1), count = re.size(2);
    const auto step = torch::arange(hop, frequency.options());
    const auto angle = torch::outer(frequency, step * (2 * std::numbers::pi / model_rate));
    const auto triangle = 1 - step / double(hop);
    const auto product = [&](const Tensor& amplitude, const Tensor& basis) {
        return torch::mm(amplitude.reshape({-1, count}), (basis * triangle).to(torch::kFloat))
            .view({rows, frames, hop});
    };
    const auto even = product(re, torch::cos(angle)), odd = product(im, torch::sin(angle));
    auto sound = even.slice(1, 0, frames - 1) - odd.slice(1, 0, frames - 1);
    sound.slice(2, 1) += (even.slice(1, 1).slice(2, 1) + odd.slice(1, 1).slice(2, 1)).flip(2);
    return sound.view({rows, (frames - 1) * hop});
}

Tensor noise_window(torch::Device device) {
    return torch::hann_window(2 * hop, true, torch::TensorOptions().device(device)).sqrt();
}

Tensor noise_stft(const Tensor& x) {
    return torch::fft_rfft(x.unfold(1, 2 * hop, hop) * noise_window(x.device())).transpose(0, 1).contiguous();
}

Tensor noise_istft(const Tensor& spectra) {
    const auto frames = spectra.size(-2);
    const auto blocks = torch::fft_irfft(spectra, 2 * hop) * noise_window(spectra.device());
    auto sizes = spectra.sizes().vec();
    sizes.pop_back();
    sizes.back() = (frames - 1) * hop;
    return overlap_add(blocks.reshape({-1, frames, 2 * hop})).view(sizes);
}

Tensor band_gains_at_bins(const Tensor& noise) {
    static const auto matrix = [] {
        std::vector<double> bin_hz(hop + 1);
        for (int i = 0; i <= hop; ++i) bin_hz[i] = double(i) * model_rate / (2 * hop);
        return interpolation_matrix(noise_band_centres(), bin_hz);
    }();
    return torch::exp(torch::matmul(torch::log(noise + 1e-12), matrix.to(noise.device()))) *
           std::sqrt(model_rate / 2.0);
}

} // namespace timbrel::models
