// SPDX-License-Identifier: GPL-3.0-or-later
// Optimal transport of spectral envelopes, a baseline of the network: energy moves along the frequency axis, so that a
// peak between two peaks stands between them. Displacement interpolation (McCann 1997) on the line; for audio:
// Henderson and Solomon, "Audio Transport", DAFx 2019. Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

#include <span>
#include <vector>

namespace timbrel::models {

// The distribution at position `t` between `a` (0) and `b` (1): powers, 0 or more, in as many cells of equal width. The
// sum is the geometric mean of the sums, so that the level moves evenly in dB; nothing where one of the two has none.
std::vector<double> transported(std::span<const double> a, std::span<const double> b, double t);

// Two notes of one pitch. In every frame and channel the envelope of the partials and the noise bands are transported,
// each by itself, on the ERB scale. The result has the partials of `a` and as many frames as the shorter note.
NoteSpectrum transported(const NoteSpectrum& a, const NoteSpectrum& b, double t);

} // namespace timbrel::models
