// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a sound that is held for a long time dies away.
// Threads: any that may allocate; pure.
#pragma once

#include "models/tensor/tensors.h"

#include <optional>
#include <vector>

namespace timbrel::models {

// Decay in dB per second of a held sound [2, frames] at 48 kHz from `from` seconds on. 0 unless it falls in each third
// of that time, or the loudest moment of each third is softer than that before: a beat, a tremolo or a swell falls for
// a while only. Nothing where the sound is nearly silent by then.
std::optional<double> held_decay(const Tensor& sound, double from);

// Decays of the same sound at neighbouring pitches, each replaced by the median of itself and its neighbours: one key
// alone does not die away. Unknown ones stay unknown.
std::vector<std::optional<double>> agreed_decays(const std::vector<std::optional<double>>& decays);

} // namespace timbrel::models
