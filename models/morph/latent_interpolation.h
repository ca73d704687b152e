// What the network makes of the places between corners.
#pragma once

#include "models/network/autoencoder.h"

#include <vector>

namespace timbrel::models {

// The network is asked half way between every two corners that meet, and in the middle of four. On the way there its
// idea grows and shrinks like w (1 − w), and what four tell beyond any two of them, which has a peak in the middle, is
// kept small: asked everywhere it would turn from one corner to the other within a few cells, which is uneven under the
// finger and more than the crossfade of cells can follow.
//
// The mean of embeddings is shorter than they are and decodes to something nearer to the average of all instruments, so
// it keeps their length, its moment's and its whole's (the reason for spherical interpolation: White 2016, arXiv
// 1609.04468). What the decoder makes of it is averaged over the note: a colour that stands brings a sound nearer to
// real ones, one that moves does not.
//
// It is asked about noise and about what is quiet. Of partials that are loud at their place the mean of the corners, in
// dB, tells more; but what one corner has and another lacks, the mean makes too quiet, and there the network knows how
// much of it an instrument has.
class Imagination {
  public:
    // x [corners, feature_count, frames]: levels in dB, raised as note_features.h has it; mask [corners,
    // feature_count]; one note's pitch in Hz and velocity.
    Imagination(Autoencoder network, const Tensor& x, const Tensor& mask, double f0, double velocity);

    // shares [places, corners] → [places, feature_count, 1]: dB by which all frames' features differ from the corners'
    // mean, weighted by shares. 0 at the corners.
    Tensor between(const Tensor& shares) const;

  private:
    struct Nodes { // places where the network is asked
        std::vector<std::vector<int64_t>> pairs, squares;
    };
    static Nodes nodes_for(const Tensor& shares);
    Tensor ideas(const Nodes& nodes) const;

    mutable Autoencoder network_;
    double f0_, velocity_;
    Tensor embedding_, decoded_; // [corners, latent_size, frames], [corners, feature_count, frames] dB
    Tensor even_;                // [corners, feature_count, 1] mean level of x
};

} // namespace timbrel::models
