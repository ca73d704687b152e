// SPDX-License-Identifier: GPL-3.0-or-later
// Separates a recording's residual from its partials and turns it into an excitation.
//
// Noise with a smooth spectrum lacks the grain of a bow, the knock of a hammer and the lines between a sample's
// partials. So each corner is excited by its own whitened residual, and by white noise where it has none. At the corner
// the residual comes back as recorded, in both channels; between corners the whitened residuals are mixed and coloured
// by the interpolated spectrum.
//
// Threads: any that may allocate; pure but for `spectrum`.
#pragma once

#include "models/analysis/partial_projection.h"
#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// The residual of `sound` [2, frames at 48 kHz, constant pitch]: [2, (spectrum.frames() − 1) · hop]. The partials of
// `spectrum` are subtracted in the recording's phase. Where sharpen_attack raised a partial above its measured level,
// to compensate for the phases of the rendering, `spectrum` gets the measured level back: here the residual supplies
// the rest.
Tensor split_residual(const Tensor& sound, NoteSpectrum& spectrum);

// `sound` less its partials, with the phases of their projection and amplitudes [2, hops, active]: [2, (hops − 1) ·
// hop].
Tensor without_partials(const Tensor& sound, const PartialProjection& partials, const Tensor& amplitude);

// Amplitudes per √Hz of the residual, [hops + 1, 2, noise_bands]; smoothed after the attack (smooth_noise).
Tensor residual_noise_levels(const Tensor& residual);

// Whitens the residual's STFT: audible · residual / noise + √(1 − s²) · white, s = min(1, own level / noise) · audible,
// [hops + 1, 2, hop + 1] complex (overlap_add.h). White noise fills bands where the residual is weaker than `noise`, is
// inaudible or has ended: at a corner these lie below the signal, next to a louder corner they would be audible.
// noise [hops + 1, 2, noise_bands]: amplitudes per √Hz, no less than the residual's own; audible: 0–1, same shape;
// white: the STFT of white noise, same shape as the result.
Tensor whiten_residual(const Tensor& residual, const Tensor& noise, const Tensor& audible, const Tensor& white);

} // namespace timbrel::models
