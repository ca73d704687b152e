// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the frequencies of a note's partials.
// Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

// mono [frames] on the CPU, its pitch constant at f0 Hz. One of three models: harmonic; a stiff string, n·√(1 + B n²)
// (Fletcher 1964); or, where more than 30 % of the strong partials fit neither, each partial as measured (bells, bars).
// The last model can be left out. Half slots are active where something sounds between the harmonics.
enum class Modal { no, yes };
PartialTable find_partials(const Tensor& mono, double f0, Modal modal = Modal::yes);

} // namespace timbrel::models
