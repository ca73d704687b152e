// SPDX-License-Identifier: GPL-3.0-or-later
// Tilts spectra so that their brightness is monotone between corners.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// A dB mean of two bright sounds with different partials is dull. A spectral tilt restores the loudness centroid (band
// power^0.3, ERB scale, after the attack) to the line between the corners. The centroid of power is worse: it follows
// the strongest partial alone, needs tilts that crossfades of cells do not follow, and the loudness centroid reverses
// (docs/experiments.md).
//
// Arguments: level [positions, frames, 2, slots] and noise [positions, frames, 2, noise_bands] in dB, the loop flat;
// loudness [positions, frames] in dB, the target of each frame; decay [positions] in dB per second, of the loop.
//
// Threads: any that may allocate; const.
class SpectralTilt {
  public:
    // `hz`: frequencies of the slots.
    SpectralTilt(const std::vector<double>& hz, LoopRange loop, torch::Device device);

    // Loudness centroid of a held note as ERB number: [positions].
    Tensor centroid(const Tensor& level, const Tensor& noise, const Tensor& loudness, const Tensor& decay) const;

    // Changes level and noise, alike in all frames. weights [positions, corners]; corner_centroids [corners].
    void linearise(Tensor& level, Tensor& noise, const Tensor& loudness, const Tensor& decay, const Tensor& weights,
                   const Tensor& corner_centroids) const;

  private:
    struct Bands {
        Tensor power, loudness; // [positions, frames, noise_bands]
        Tensor weight;          // [positions, frames]: target loudness, times how often the frame is played
    };
    Bands bands(const Tensor& level, const Tensor& noise, const Tensor& loudness, const Tensor& decay) const;
    // Loudness of the bands under tilts [positions], as fractions of the sum: [positions, noise_bands].
    Tensor loudness_spectrum(const Bands& bands, const Tensor& tilt) const;

    LoopRange loop_;
    Tensor slot_filter_, noise_filter_;      // [slots, noise_bands], [noise_bands, noise_bands]: power to bands
    Tensor band_erb_, band_loudness_weight_; // [noise_bands]: ERB numbers, BS.1770 weights of power
    Tensor slot_response_, noise_response_;  // dB by which a tilt of 1 raises slots and bands
};

} // namespace timbrel::models
