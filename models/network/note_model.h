// SPDX-License-Identifier: GPL-3.0-or-later
// A model of notes, as the plane sees it: it encodes notes to latents and decodes latents to notes. The plane,
// the grid and the bank know nothing else of a model. Threads: any that may allocate, one at a time for each object;
// const.
#pragma once

#include "models/network/note_features.h"
#include "models/tensor/weighted_mix.h"

#include <memory>

namespace timbrel::models {

// Conditioning inputs of a note.
struct NoteConditions {
    double f0 = 0;       // Hz
    double velocity = 0; // 1–127
};

// What a model makes of a mixture of notes, in dB, [positions, feature_count, frames] each.
struct MixtureLevels {
    Tensor decoded; // the levels of the mean latent
    Tensor added;   // what lies between the notes beyond what is decoded; undefined: nothing
};

// Notes as a model sees them.
struct EncodedNotes {
    Tensor levels;  // [notes, feature_count, frames] dB, at even level (normalise_level)
    Tensor mask;    // [notes, feature_count] (note_features.h)
    Tensor latents; // [notes, numbers, frames]
};

class NoteModel {
  public:
    virtual ~NoteModel() = default;

    // The latents [notes, numbers, frames] of notes by their levels in dB [notes, feature_count, frames], at even
    // level (normalise_level), and mask [notes, feature_count] (note_features.h). Weighted means of latents are
    // latents of the sounds between.
    virtual Tensor encode(const Tensor& levels, const Tensor& mask, const NoteConditions& conditions) const = 0;

    // The levels in dB [latents, feature_count, frames] of latents [latents, numbers, frames].
    virtual Tensor decode(const Tensor& latents, const NoteConditions& conditions) const = 0;

    // Of notes mixed with weights [positions, notes]. At a weight of 1, `decoded` is what decode() returns and nothing
    // is added. A model that decodes nothing but latents keeps this implementation.
    virtual MixtureLevels decode_mixture(const EncodedNotes& notes, const Tensor& weights,
                                         const NoteConditions& conditions) const {
        return {decode(weighted_mix(weights, notes.latents), conditions), {}};
    }
};

using NoteModelPtr = std::shared_ptr<const NoteModel>;

} // namespace timbrel::models
