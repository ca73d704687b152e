// The hop-sized pieces that analysis takes a sound apart into and synthesis builds one from.
#pragma once

#include "models/tensor/tensors.h"

#include <utility>

namespace timbrel::models {

// [channels, hops, length] stretches of x [channels, frames], each centred on its hop, times `window` [length].
Tensor stretches(const Tensor& x, int64_t length, int64_t hops, const Tensor& window);

// cos and sin of 2π f τ for τ from −hop to hop − 1 and every frequency (Hz, double), times the triangle that
// interpolates amplitudes from frame to frame: [frequencies, 2 · hop] each.
std::pair<Tensor, Tensor> oscillator_basis(const Tensor& frequency);

// [rows, hops + 1, 2 · hop] overlapping blocks, each centred on its frame → [rows, hops · hop].
Tensor overlap_add(const Tensor& blocks);

// The window under which noise is taken apart and put together again: its square adds up to 1.
Tensor noise_window(torch::Device device);

// Windowed spectra of x [channels, (hops + 2) · hop], which begins one hop before the note:
// [hops + 1, channels, hop + 1] complex.
Tensor noise_spectra(const Tensor& x);

// And back: [..., channels, hops + 1, hop + 1] → [..., channels, hops · hop].
Tensor noise_sound(const Tensor& spectra);

// Gains of the noise_bands [..., noise_bands] at the spectra's bins [..., hop + 1], linear in dB over frequency.
Tensor gains_at_bins(const Tensor& noise);

} // namespace timbrel::models
