// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolates notes by their latents.
#pragma once

#include "models/network/note_model.h"

#include <map>
#include <utility>

namespace timbrel::models {

// The corners' latents z, and the network's correction of a mean of the corners in dB:
//
//   correction(w) = dec(Σ w z_c) − Σ w dec(z_c) + Σ_{c<d} 4 w_c w_d · moved(c, d, w_d / (w_c + w_d))
//
// for every feature and frame, where `moved` is what the model sees moving between two corners (NoteModel::moved). On
// an edge of the plane that is one pair. Where two knobs move, one from left to right and one from bottom to top, and
// the model sees each as what it is, the sum over all pairs of four corners is exactly what each of the two knobs
// moves. The correction is 0 at the corners. What the model cannot reproduce of a corner thus stays as the corner has
// it, and what lies between is the decoder's.
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
    Tensor decode(const Tensor& latents) const; // dB, limited to the floor
    const Tensor& moved(int64_t c, int64_t d) const;
    Tensor moved_at(const Tensor& weights) const;

    NoteModelPtr model_;
    NoteConditions conditions_;
    Tensor x_, mask_;
    Tensor latents_, decoded_; // [corners, numbers, frames], [corners, feature_count, frames] dB
    Tensor audible_;           // [corners, frames], 0 where a corner is silent, 1 where it is not, between in a ramp
    // Of pairs of corners that were asked for: NoteModel::moved at evenly spaced positions, smoothed over time.
    mutable std::map<std::pair<int64_t, int64_t>, Tensor> moved_;
};

} // namespace timbrel::models
