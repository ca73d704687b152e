// SPDX-License-Identifier: GPL-3.0-or-later
// The features of a note filtered by a body (models/audio/knobs/body.h), computed from its features alone: as many
// examples as training asks for, without rendering and analysing sound.
// Thread: control, worker; one thread at a time for each object.
#pragma once

#include "models/network/note_features.h"

#include <functional>
#include <map>

namespace timbrel::models {

struct FeatureGains {
    Tensor partial, noise; // [frames or 1, slots and half slots], [frames or 1, noise_bands] dB
};

class FeatureFilter {
  public:
    using Gain = std::function<double(double hz)>; // dB

    // db: features [feature_count, frames] in dB, on the CPU, of a note of MIDI pitch `pitch`, of which every frame or
    // any selection is given. The result has no reference of its own: its level is that of `db` plus the gain. Partials
    // are filtered one by one, so narrow resonances and notches act on them as on sound; a noise band gets the mean
    // gain of its power.
    Tensor filtered(const Tensor& db, int64_t pitch, const FeatureGains& gains);
    FeatureGains gains(int64_t pitch, const Gain& gain);

    // The level in dB of the loudest partial in each frame: [frames].
    Tensor loudest_partials(const Tensor& db, int64_t pitch);

  private:
    struct Pitch {
        std::vector<double> partial_hz; // slots and half slots
        FeatureMap map;
        Tensor envelope_weights; // [slots, envelope_points], each column sums to 1
    };
    const Pitch& at(int64_t pitch);
    std::map<int64_t, Pitch> pitches_;
};

// Moves the level so that the loudest partial is at 0 dB, as extract_features does. `loudest`: its level, dB.
Tensor referenced(const Tensor& db, const Tensor& loudest);

} // namespace timbrel::models
