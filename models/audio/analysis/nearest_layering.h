// SPDX-License-Identifier: GPL-3.0-or-later
// How near layering, playing several sounds at once, comes to a sound. Thread: control, worker; every call is
// independent.
#pragma once

#include "models/audio/analysis/spectral_distance.h"

#include <span>
#include <vector>

namespace timbrel::audio {

struct Layering {
    double distance = 0;       // ELSD′ of the best layering
    std::vector<double> gains; // dB, one per corner; -inf where the corner is off
};

// The best imitation of `sound` by layering the corners: minimises ELSD′ to a sum of the corners' powers. Each gain is
// off or from -24 to 6 dB in steps of 3 dB. Tries all combinations for one or two corners; for more, all combinations
// in steps of 6 dB, then improves one gain at a time. All arguments have the same number of frames.
Layering nearest_layering(const BandPower& sound, std::span<const BandPower> corners);

} // namespace timbrel::audio
