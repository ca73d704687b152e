// One note of a plane: what its corners are, and the sound at any place between them.
//
// In decibels, at a place with shares w of the corners c:
//
//   X(w) = Σ w X_c + β [dec(Σ w z_c) − Σ w dec(z_c)],   then its loudness over time is set to Σ w L_c,
//
// raised as a whole until its loudest 0.4 s are as far between the corners' loudest as its place is.
//
// Noise is excited by the corners' own residuals (residual.h), mixed by their shares.
//
// So a corner sounds like its recording, whatever the network does, and the inside is the embedding's.
#pragma once

#include "models/loudness.h"
#include "models/network.h"
#include "models/oscillators.h"
#include "models/synthesis.h"

namespace timbrel {

struct NoteSetting {
    double f0 = 0;       // Hz
    double velocity = 0; // 1–127
    double imagine = 1;  // β
    uint64_t seed = 0;   // of the excitation; another for each cell only to show what coherence is worth
};

struct Rendering {
    Tensor sound;                // [places, 2, hops · 256], the loop flat
    std::vector<double> decay;   // for each place: dB per second by which the loop shall fade
    std::vector<double> release; // seconds, as above
};

class PlaneNote {
  public:
    // `plan` is that of the pitch, made from these corners among others.
    PlaneNote(Autoencoder network, const std::vector<CornerNote>& corners, const NoteSetting& setting,
              const OscillatorPlan& plan, torch::Device device);

    // shares [places, corners]; each row sums to 1.
    Rendering render(const Tensor& shares) const;

  private:
    void share_slots(const OscillatorPlan& plan);
    std::vector<Tensor> excitations(const std::vector<CornerNote>& corners) const;
    Tensor flatten_loop(Tensor& x) const;
    Tensor closed(const Tensor& x, const Tensor& steep) const;
    Tensor loudness(const Tensor& level, const Tensor& noise) const;
    Tensor oscillator_shares(const Tensor& shares) const;

    NoteSetting setting_;
    torch::Device device_;
    mutable Autoencoder network_;
    LoopPlace loop_;
    Excitation excitation_;
    std::vector<int64_t> slot_;        // of each oscillator
    Tensor strength_, together_;       // [corners, oscillators], [oscillators, oscillators]
    Tensor level_, noise_;             // [corners, frames, 2, slots] and [… noise_bands], dB, loop flattened
    Tensor level_slope_, noise_slope_; // [corners, 1, 2, …] dB per second taken out of the loop
    Tensor embedding_, decoded_;       // [corners, 16, frames], [corners, 256, frames] dB
    Tensor loudness_;                  // [corners, frames] dB
    Tensor decay_, release_;           // [corners]
    FeatureMap map_;
};

} // namespace timbrel
