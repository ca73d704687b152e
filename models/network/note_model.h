// SPDX-License-Identifier: GPL-3.0-or-later
// A model of notes, as the plane sees it: it encodes notes to latents and decodes latents to notes. The plane,
// the grid and the bank know nothing else of a model. Threads: any that may allocate, one at a time for each object;
// const.
#pragma once

#include "models/network/note_features.h"

#include <memory>

namespace timbrel::models {

// Conditioning inputs of a note.
struct NoteConditions {
    double f0 = 0;       // Hz
    double velocity = 0; // 1–127
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

    // What moves between two notes: levels in dB [positions, feature_count, frames], which times 4 p (1 − p) are added
    // at each of `positions` p [positions], between 0 (a) and 1 (b), to what decoding their mean latent gives. `a` and
    // `b` [feature_count, frames], `mask` [feature_count]: as for encode. A model that decodes single latents only adds
    // nothing and returns an undefined tensor.
    virtual Tensor moved(const Tensor& a, const Tensor& b, const Tensor& mask, const Tensor& positions,
                         const NoteConditions& conditions) const = 0;
};

using NoteModelPtr = std::shared_ptr<const NoteModel>;

} // namespace timbrel::models
