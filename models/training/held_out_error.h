// SPDX-License-Identifier: GPL-3.0-or-later
// The progress of training, measured on notes that are not trained on.
// Thread: control.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/batch_sampler.h"
#include "models/training/erb_spectral_loss.h"

namespace timbrel::models {

// ERB loss of sounds between corners in dB, as a plane makes them and as a mean in dB makes them.
struct BetweenError {
    double between = 0, mean_in_db = 0;
    double ratio() const { return mean_in_db > 0 ? between / mean_in_db : 0; }
};

// Mean errors in dB: of the feature loss and the ERB loss, over whole notes and over their first 0.1 s; and those of
// sounds between.
struct HeldOutError {
    double feature_db = 0, feature_attack_db = 0, erb_db = 0, erb_attack_db = 0;
    BetweenError bodies, squares, knobs; // recordings through one body; through two; instruments with a knob
};

class HeldOutNotes {
  public:
    // The notes, recordings of them through bodies that training does not draw, and notes of instruments with a knob,
    // nullptr for none.
    HeldOutNotes(const Dataset& notes, const Dataset* chains, torch::Device device);

    // Of every `stride`th note, and of all sounds between.
    HeldOutError measure(Autoencoder& network, ErbSpectralLoss& erb_loss, int64_t stride) const;

  private:
    Batch whole_notes(int64_t first, int64_t stride) const;
    static BetweenError measure_between(Autoencoder& network, ErbSpectralLoss& erb_loss,
                                        const std::vector<BetweenBatch>& batches);

    const Dataset& notes_;
    torch::Device device_;
    std::vector<BetweenBatch> bodies_, squares_, knobs_;
};

} // namespace timbrel::models
