// SPDX-License-Identifier: GPL-3.0-or-later
// The error of sounds between two notes.
// Thread: control; one instance per training, not thread-safe.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/erb_spectral_loss.h"
#include "models/training/pair_sampler.h"

namespace timbrel::models {

// The sounds between of a batch, [rows, feature_count, 1] network units: a mean in dB; with what decoding the mean
// latent adds to it (latent_interpolation.h); and with what the pair decoder adds to `decoded`, the former.
Tensor mean_between(const PairBatch& batch);
Tensor decoded_between(Autoencoder& network, const PairBatch& batch);
Tensor paired_between(Autoencoder& network, const PairBatch& batch, const Tensor& decoded);

// Overall level does not count, because planes set the loudness afterwards.
class PairLoss {
  public:
    explicit PairLoss(torch::Device device) : erb_(device) {}

    // The loss of training: the error of each row over that of a mean in dB, mean over rows. To the ERB error is added
    // the error of the features where they are exact, which is easier to learn from.
    Tensor operator()(const Tensor& x, const PairBatch& batch);

    // Log-spectral distance in ERB bands of each row in dB, at the resolutions of ELSD: [rows]. Levels more than 80 dB
    // below the note's peak are alike. 0 for rows whose truth is silent. x [rows, feature_count, 1] network units.
    Tensor errors(const Tensor& x, const PairBatch& batch);

  private:
    ErbSpectralLoss erb_;
};

// ERB errors of sounds between over those of a mean in dB.
struct PairError {
    double bodies = 1, knobs = 1; // recordings through bodies that training does not draw; instruments with a knob
};

// Pairs that are not trained on.
class HeldOutPairs {
  public:
    // `chains`: notes of instruments with a knob; nullptr for none.
    HeldOutPairs(const Dataset& notes, const Dataset* chains, torch::Device device);

    // With the pair decoder or without.
    PairError measure(Autoencoder& network, PairLoss& loss, bool with_pair_decoder) const;

  private:
    std::vector<PairBatch> bodies_, knobs_;
};

} // namespace timbrel::models
