// How bright a spectrum is, and how it becomes as bright as its place shall be.
#pragma once

#include "models/morph/oscillator_plan.h"

namespace timbrel::models {

// The mean of two sounds' levels in dB is what both have: between two bright ones whose partials lie apart it is dull.
// So levels are tilted until the centroid of what is heard lies between the corners' again: of the loudness of bands,
// their power raised to 0.3, after the attack. The centroid of power tells of the strongest partial alone; to
// straighten it takes tilts that crossfades do not follow, and what is heard turns back for it.
//
// Levels in dB: partials [places, frames, 2, slots] and noise [places, frames, 2, noise_bands], the loop flat;
// `loudness` [places, frames] in dB is what the frames shall have, `decay` [places] in dB per second that of the loop.
class Brightness {
  public:
    // `hz` of the slots.
    Brightness(const std::vector<double>& hz, LoopPlace loop, torch::Device device);

    // The centroid of a held note's loudness in ERB: [places].
    Tensor of(const Tensor& level, const Tensor& noise, const Tensor& loudness, const Tensor& decay) const;

    // Tilts both, as much in every frame, for places with `shares` [places, corners] of corners as bright as `corners`.
    void straighten(Tensor& level, Tensor& noise, const Tensor& loudness, const Tensor& decay, const Tensor& shares,
                    const Tensor& corners) const;

  private:
    struct Bands {
        Tensor power, loudness; // [places, frames, noise_bands]
        Tensor weight;          // [places, frames] how loud a frame shall be, times how often it sounds
    };
    Bands bands(const Tensor& level, const Tensor& noise, const Tensor& loudness, const Tensor& decay) const;
    Tensor spectrum(const Bands& bands, const Tensor& tilt) const; // [places, noise_bands], each place's sum 1

    LoopPlace loop_;
    Tensor from_slots_, from_bands_; // [slots, noise_bands], [noise_bands, noise_bands]: squares of amplitudes → power
    Tensor erb_, loudness_;          // of the bands: ERB numbers, weights of power for loudness
    Tensor slot_lever_, band_lever_; // dB by which a tilt of 1 raises slots and bands
};

} // namespace timbrel::models
