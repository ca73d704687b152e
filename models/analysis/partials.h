// Where a note's partials lie.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// The table of a note whose pitch is held at f0: harmonic; stretched like a stiff string, n·√(1+Bn²); or, when more
// than a third of the strong partials are off their places, measured one by one (bells, bars). Half slots are active
// where something sounds between the harmonics. CPU tensor, mono.
PartialTable find_partials(const Tensor& mono, double f0);

} // namespace timbrel::models
