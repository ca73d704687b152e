// SPDX-License-Identifier: GPL-3.0-or-later
// Framing and overlap-add at the hop size: windows, the STFT of noise, and the oscillator basis.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

#include <utility>

namespace timbrel::models {

// [channels, hops, length] frames of x [channels, audio frames], each centred on its hop, times `window` [length].
Tensor windowed_frames(const Tensor& x, int64_t length, int64_t hops, const Tensor& window);

// cos and sin of 2π f τ, τ from −hop to hop − 1, for each frequency (Hz, double) [frequencies], times the triangle that
// interpolates amplitudes between parameter frames: [frequencies, 2 · hop] each.
std::pair<Tensor, Tensor> oscillator_basis(const Tensor& frequency);

// [rows, hops + 1, 2 · hop] overlapping blocks, each centred on its frame → [rows, hops · hop].
Tensor overlap_add(const Tensor& blocks);

// The window [2 · hop] for both directions of the noise STFT: √Hann, its overlapping squares sum to 1.
Tensor noise_window(torch::Device device);

// STFT of x [channels, (hops + 2) · hop], which starts one hop before the note: [hops + 1, channels, hop + 1] complex.
Tensor noise_stft(const Tensor& x);

// Inverse: [..., channels, hops + 1, hop + 1] → [..., channels, hops · hop].
Tensor noise_istft(const Tensor& spectra);

// Amplitudes per √Hz of the noise bands [..., noise_bands] → gains at the bins of the STFT of unit white noise
// [..., hop + 1]; in dB linear in frequency.
Tensor band_gains_at_bins(const Tensor& noise);

} // namespace timbrel::models
