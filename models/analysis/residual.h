// What a recording has beside its partials, and the excitation that is hidden in it.
//
// Noise of a smooth spectrum says nothing of the grain of a bow, the knock of a hammer or the lines that lie between a
// sample's partials. So a corner is excited by its own residual made white, and white noise serves only where there is
// none: at the corner the residual comes back as it was recorded, in both channels, and between corners the residuals
// are mixed and coloured by the spectrum there.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Splits `sound` [2, frames at 48 kHz, in flat time] into the partials of `spectrum`, found in it, and what remains
// when these are taken out in the recording's phase: [2, (spectrum.frames() − 1) · hop]. Where an attack was sharpened
// beyond what can be measured of a partial, to make up for how rendered phases add up, the partial is brought back to
// that: here the residual has the rest.
Tensor split(const Tensor& sound, NoteSpectrum& spectrum);

// Amplitudes per √Hz of the residual in each frame and band, [hops + 1, 2, noise_bands]: as they are in the attack,
// more and more settled after it.
Tensor levels_of(const Tensor& residual);

// The residual's spectra (blocks.h) over `noise`, levels [hops + 1, 2, noise_bands] of at least its own: [hops + 1, 2,
// hop + 1]. As far as `noise` lies above its own levels, and after its end, `white` of the same shape fills it up: what
// a corner lacks, its neighbours' noise must not lack near it. And as far as it cannot be heard, `heard` (0 to 1,
// shaped like `noise`) being less than 1: near a louder neighbour it would be, and so would every chance in it.
Tensor whitened(const Tensor& residual, const Tensor& noise, const Tensor& heard, const Tensor& white);

} // namespace timbrel::models
