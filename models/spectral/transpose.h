// SPDX-License-Identifier: GPL-3.0-or-later
// Transposes the spectrum of a recorded note to another pitch.
// Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Whether f0 (Hz) is less than a quarter tone from the recorded pitch. Then the partials keep their amplitudes, and the
// recording's residual can be used.
bool within_quarter_tone(const NoteSpectrum& spectrum, double f0);

// The note at another fundamental (Hz): the envelope of its partials keeps its frequencies; free
// partials keep their levels and move with the fundamental.
NoteSpectrum transposed(const NoteSpectrum& spectrum, double f0);

} // namespace timbrel::models
