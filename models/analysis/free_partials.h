// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the partials of inharmonic sounds: bells, gongs, bars, drums.
// Threads: any that may allocate; pure.
#pragma once

#include "models/spectral/note_spectrum.h"

#include <optional>

namespace timbrel::models {

inline constexpr size_t max_free_partials = 64; // of a note

// mono [frames] on the CPU, as recorded; `found`: its partials at f0 Hz as of a harmonic sound; `nominal`: the
// fundamental in Hz of the table that is returned. Where peaks of a spectrum over 0.7 s far from all active partials of
// `found` have a good part of the power, the sound is inharmonic: then every peak is a partial, those within 35 cents
// and a tenth of f0 of a harmonic in its slot, the strongest others free. Slots without a peak are inactive. Nothing
// for other sounds.
std::optional<PartialTable> find_inharmonic_partials(const Tensor& mono, const PartialTable& found, double f0,
                                                     double nominal);

} // namespace timbrel::models
