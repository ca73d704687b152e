// How far features are from others to the ear: the spectral loss of training, and what evaluation's ELSD sees of it.
#pragma once

#include "models/network/note_features.h"

#include <map>
#include <vector>

namespace timbrel::models {

// Features say one thing several times and some that is masked: a partial is in its own number and in the envelope's,
// and noise among loud partials hardly matters. So they are added up to power in the bands of the ear, at the
// resolutions at which notes are compared (sound/measures.h), much as if rendered and heard through those windows. Not
// quite: phases have no part in it, power and not dB is interpolated between points of the envelope, and partials lie
// at multiples of the key's pitch and of its half, whether or not a note has them there. One for each training; not for
// several threads.
class EarLoss {
  public:
    explicit EarLoss(torch::Device device) : device_(device) {}

    // Mean over resolutions of the mean over frames of the root mean squared difference in dB over bands. Features
    // found and wanted [rows, feature_count, frames] in network units, the MIDI pitch of each row, and how much each
    // frame counts: weight [rows, frames].
    Tensor operator()(const Tensor& found, const Tensor& wanted, const std::vector<int64_t>& pitches,
                      const Tensor& weight);

  private:
    // What each feature gives to each band, [feature_count, bands], where the fundamental is that of a pitch.
    const Tensor& footprint(int64_t pitch, size_t resolution);

    torch::Device device_;
    std::map<std::pair<int64_t, size_t>, Tensor> footprints_;
};

} // namespace timbrel::models
