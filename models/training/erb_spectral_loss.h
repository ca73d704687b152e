// SPDX-License-Identifier: GPL-3.0-or-later
// The spectral loss of training: the log-spectral distance in ERB bands of what the features would sound like. A
// differentiable approximation of ELSD (models/audio/analysis/spectral_distance.h).
// Thread: control; one instance per training, not thread-safe.
#pragma once

#include "models/network/note_features.h"

#include <map>
#include <vector>

namespace timbrel::models {

// Features are redundant (a partial is in its own feature and in the envelope) and partly masked (noise between loud
// partials). Their power is therefore summed in ERB bands, at the resolutions of ELSD, as if they were rendered and
// analysed with these windows. Approximations: phases are ignored, power instead of dB is interpolated between envelope
// points, and partials lie at multiples of the key's pitch and of half of it.
class ErbSpectralLoss {
  public:
    explicit ErbSpectralLoss(torch::Device device) : device_(device) {}

    // Root mean squared difference over bands in dB, averaged over frames and resolutions. Features `predicted` and
    // `target` [rows, feature_count, frames] in network units; `pitches`: MIDI pitch of each row; `weight` [rows,
    // frames]: weight of each frame in the mean.
    Tensor operator()(const Tensor& predicted, const Tensor& target, const std::vector<int64_t>& pitches,
                      const Tensor& weight);

    // Power that each feature contributes to each band when the fundamental is at `pitch`: [feature_count, bands].
    const Tensor& band_weights(int64_t pitch, size_t resolution);

  private:
    torch::Device device_;
    std::map<std::pair<int64_t, size_t>, Tensor> band_weights_;
};

} // namespace timbrel::models
