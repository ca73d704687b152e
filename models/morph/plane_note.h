// One note of a plane: what its corners are, and the sound at any place between them.
//
// In decibels, at a place with shares w of the corners c:
//
//   X(w) = Σ w X_c + β · what the network imagines there (imagination.h),
//
// then its loudness over time is set to Σ w L_c, its loudest moments raised until they are as far between the corners'
// loudest as its place is.
//
// Noise is excited by the corners' own residuals (residual.h), mixed by their shares.
//
// A corner sounds like its recording, whatever the network does, and the inside is the embedding's.
//
// A struck corner and a sustained one meet half way, in dB, and die away at half the rate. Interpolated as amplitudes
// they would be the sustained sound with a knock before it, two sounds at once. So the blow loses its noise and its
// suddenness step by step while what is held comes up from below, and half way stands a sound that is plucked softly
// and rings on. Steps near the sustained corner are larger than those near the struck one, for whose late sound falls
// below hearing: places are not moved to even that out, since half way would then be nearly the struck sound.
//
// At last brightness (brightness.h) and what is heard of loudness, attack and decay (course.h) are made to go from
// corner to corner without turning back.
#pragma once

#include "models/morph/latent_interpolation.h"
#include "models/morph/oscillator_plan.h"
#include "models/morph/spectral_tilt.h"
#include "models/morph/temporal_envelope.h"
#include "models/spectral/loudness.h"
#include "models/synthesis/additive_synthesis.h"
#include "models/synthesis/loop_envelope.h"

#include <memory>

namespace timbrel::models {

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
    Tensor loudness(const Tensor& level, const Tensor& noise, const Tensor& oscillators) const;
    Tensor oscillator_shares(const Tensor& shares) const;
    Tensor synthesised(const Tensor& shares) const; // as in Rendering, but its course not yet straight

    NoteSetting setting_;
    torch::Device device_;
    LoopPlace loop_;
    Excitation excitation_;
    std::vector<int64_t> slot_;  // of each oscillator
    Tensor strength_, together_; // [corners, oscillators], [oscillators, oscillators]
    Tensor slot_weight_;         // [oscillators, slots], of power for loudness
    Tensor level_, noise_;       // [corners, frames, 2, slots] and [… noise_bands], dB, loop flattened
    Tensor level_floor_;         // [corners, 1, 1, 1] dB, below which a partial is silent
    LoopChange level_change_, noise_change_;
    Tensor loudness_;        // [corners, frames] dB
    Tensor decay_, release_; // [corners]
    std::unique_ptr<Brightness> brightness_;
    Tensor corner_brightness_; // [corners] ERB
    Course corner_course_;
    FeatureMap map_;
    std::unique_ptr<Imagination> imagination_; // none where imagine is 0
};

} // namespace timbrel::models
