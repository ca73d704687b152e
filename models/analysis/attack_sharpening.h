// SPDX-License-Identifier: GPL-3.0-or-later
// Restores attacks that analysis windows smear over several hops.
// Threads: any that may allocate; pure but for `spectrum`.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Scales partials and noise of the first six periods, band by band, until their resynthesis has the energy of `sound`
// ([2, frames], constant pitch) over a window of two periods.
void sharpen_attack(NoteSpectrum& spectrum, const Tensor& sound);

} // namespace timbrel::models
