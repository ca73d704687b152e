// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolates notes by their latents.
#pragma once

#include "models/network/note_model.h"

namespace timbrel::models {

// The corners' latents z, and the network's correction of a mean of the corners in dB:
//
//   correction(w) = dec(Σ w z_c) − Σ w dec(z_c)
//
// for every feature and frame, where dec also sees how the corners differ (NoteModel::decode_mixture). It is 0 at the
// corners. What the model cannot reproduce of a corner thus stays as the corner has it, and what lies between is the
// decoder's.
//
// It is smoothed over time: every frame is decoded by itself, and its fluctuations would roughen the partials.
//
// Levels near the floor are not compared, since the model learns nothing below it. Where a corner that has a weight is
// silent, there is nothing to interpolate: the correction fades out.
//
// Threads: any that may allocate, one at a time for each object.
class LatentInterpolation {
  public:
    // x [corners, feature_count, frames]: levels in dB after normalise_level (note_features.h); mask [corners,
    // feature_count].
    LatentInterpolation(NoteModelPtr model, const Tensor& x, const Tensor& mask, const NoteConditions& conditions);

    // weights [positions, corners] → [positions, feature_count, frames]: dB to add to the weighted mean of the corners'
    // features.
    Tensor correction_at(const Tensor& weights) const;

  private:
    Tensor decoded_at(const Tensor& weights) const; // dB, limited to the floor, with what the model adds

    NoteModelPtr model_;
    NoteConditions conditions_;
    EncodedNotes corners_;
    Tensor decoded_; // [corners, feature_count, frames] dB
    Tensor audible_; // [corners, frames], 0 where a corner is silent, 1 where it is not, between in a ramp
};

} // namespace timbrel::models
