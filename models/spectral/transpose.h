// A recorded note at a pitch where it was not recorded.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// Whether f0 is less than a semitone from where the note was recorded: then only its fundamental moves.
bool nearly_at(const NoteSpectrum& spectrum, double f0);

// The same note at another fundamental: the envelope of its partials stays where it is in frequency.
NoteSpectrum transposed(const NoteSpectrum& spectrum, double f0);

} // namespace timbrel::models
