// Attacks kept sharp: analysis windows smear an onset over several hops; this takes the smear back.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Scales the first frames' partials and noise, band by band, until their resynthesis has the energy of `sound`
// ([2, frames], flat time) over a two-period window.
void sharpen_attack(NoteSpectrum& spectrum, const Tensor& sound);

} // namespace timbrel::models
