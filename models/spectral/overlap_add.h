// SPDX-License-Identifier: GPL-3.0-or-later
// Framing and overlap-add at the hop size: windows, the STFT of noise, and the oscillator basis.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

namespace timbrel::models {

// [channels, hops, length] frames of x [channels, audio frames], each centred on its hop, times `window` [length].
Tensor windowed_frames(const Tensor& x, int64_t length, int64_t hops, const Tensor& window);

// Σ re · cos 2π f τ − im · sin 2π f τ over the oscillators, τ the time from each parameter frame, with amplitudes that
// are interpolated linearly between the frames. re, im [rows, hops + 1, oscillators]; frequency (Hz, double)
// [oscillators]. Returns [rows, hops · hop].
Tensor oscillator_sum(const Tensor& re, const Tensor& im, const Tensor& frequency);

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
