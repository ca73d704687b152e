// SPDX-License-Identifier: GPL-3.0-or-later
// One note of a plane: its corners, and the sound at any position between them.
//
// In decibels, at a position with weights w of the corners c:
//
//   X(w) = Σ w X_c + β · correction(w) (latent_interpolation.h, β: network_amount).
//
// Then the loudness over time is set to Σ w L_c, with the loudest moments raised to the weighted mean of the corners'
// loudest. Noise is excited by the corners' whitened residuals (residual.h). At a corner the network has no effect, so
// a corner sounds like its recording.
//
// Between a struck and a sustained corner, a mean in dB dies away at half the rate, like a softly plucked sound. A mean
// of amplitudes would be the sustained sound with a knock before it, two sounds at once. Steps near the sustained
// corner are larger, because the struck corner's late sound is inaudible; positions are not warped to even that out,
// since half way would then be nearly the struck sound.
//
// A free partial (note_spectrum.h) that some corners lack has the mean level of those that have it, and an amplitude in
// proportion to their weight: a mean in dB with silence would remove it half way. So bells remain bells.
//
// Last, brightness (spectral_tilt.h) and loudness, attack and late level (temporal_envelope.h) are made monotone
// between the corners.
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
    double f0 = 0;             // Hz
    double velocity = 0;       // 1–127
    double network_amount = 1; // β, gain of the network's correction; 0: a mean in dB
    uint64_t seed = 0; // of the excitation; seeds differ between cells only to measure the effect of unrelated phases
};

struct Rendering {
    Tensor sound;                // [positions, 2, hops · hop], the loop flat
    std::vector<double> decay;   // of the loop at each position, dB per second
    std::vector<double> release; // at each position: seconds to fall by 60 dB after the key is released
};

// Threads: any that may allocate; render() one at a time for each object.
class PlaneNote {
  public:
    // `plan`: that of the pitch, made from these corners among others. The corners are copied.
    PlaneNote(NoteModelPtr model, const std::vector<CornerNote>& corners, const NoteSetting& setting,
              const OscillatorPlan& plan, torch::Device device);

    // weights [positions, corners] on any device; each row sums to 1.
    Rendering render(const Tensor& weights) const;

  private:
    struct Levels { // [positions, frames, 2, slots], [positions, frames, 2, noise_bands], dB
        Tensor partial, noise;
    };
    void set_levels(const std::vector<CornerNote>& corners, const std::vector<Features>& features);
    void set_oscillators(const OscillatorPlan& plan, const std::vector<CornerNote>& corners);
    void set_channel_phases(const std::vector<CornerNote>& corners, const Tensor& slots, const Tensor& mask);
    Tensor channel_phases(const Tensor& weights) const;
    // `track`: the corners' loudness [corners, frames] in dB.
    void set_interpolation(NoteModelPtr model, const std::vector<Features>& features, const Tensor& track);
    void flatten_loops(const std::vector<CornerNote>& corners, const Tensor& track);
    void set_presence(const std::vector<CornerNote>& corners);
    Tensor with_presence(const Tensor& level, const Tensor& weights) const;
    void set_targets(const std::vector<double>& slot_hz);
    std::vector<Tensor> excitations(const std::vector<CornerNote>& corners) const;
    Tensor loudness(const Tensor& level, const Tensor& noise, const Tensor& oscillators) const;
    Tensor oscillator_gains(const Tensor& weights) const;
    Levels interpolated_levels(const Tensor& weights) const;
    Tensor target_loudness(const Tensor& weights) const;
    Tensor
    synthesised(const Tensor& weights) const; // sound as in Rendering, before its temporal envelope is linearised

    NoteSetting setting_;
    torch::Device device_;
    LoopRange loop_;
    Excitation excitation_;
    std::vector<int64_t> slot_;             // of each oscillator
    Tensor strength_, same_slot_;           // [corners, oscillators] amplitude, [oscillators, oscillators] 0 or 1
    Tensor channel_phase_, has_oscillator_; // [corners, oscillators] radians, 0 or 1; undefined where all phases are 0
    Tensor slot_loudness_weight_;           // [oscillators, slots], of power
    Tensor level_, noise_; // [corners, frames, 2, slots], [corners, frames, 2, noise_bands] dB, loop flat
    Tensor level_floor_;   // [corners, 1, 1, 1] dB, below which a partial is silent
    Tensor presence_;      // [corners, slots] 1 where the corner has the partial, else 0; undefined: all have all
    LoopChange level_change_, noise_change_;
    Tensor loudness_;        // [corners, frames] dB
    Tensor decay_, release_; // [corners]
    std::unique_ptr<SpectralTilt> tilt_;
    Tensor corner_centroids_; // [corners] ERB number
    TemporalEnvelope corner_envelopes_;
    FeatureMap map_;
    std::unique_ptr<LatentInterpolation> interpolation_; // null where network_amount is 0
};

} // namespace timbrel::models
