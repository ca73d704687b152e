// SPDX-License-Identifier: GPL-3.0-or-later
// The progress of training, measured on notes that are not trained on.
// Thread: control.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/batch_sampler.h"
#include "models/training/erb_spectral_loss.h"

namespace timbrel::models {

// Mean errors in dB: of the feature loss and the ERB loss, over whole notes and over their first 0.1 s; and the ERB
// loss of the sounds between corners, as a plane makes them and as a mean in dB makes them.
struct HeldOutError {
    double feature_db = 0, feature_attack_db = 0, erb_db = 0, erb_attack_db = 0;
    double between_db = 0, mean_in_db = 0;
};

class HeldOutNotes {
  public:
    // The notes, and recordings of them through bodies that training does not draw.
    HeldOutNotes(const Dataset& notes, torch::Device device);

    // Of every `stride`th note, and of all recordings through bodies.
    HeldOutError measure(Autoencoder& network, ErbSpectralLoss& erb_loss, int64_t stride) const;

  private:
    Batch whole_notes(int64_t first, int64_t stride) const;
    void measure_between(Autoencoder& network, ErbSpectralLoss& erb_loss, HeldOutError& mean) const;

    const Dataset& notes_;
    torch::Device device_;
    std::vector<BetweenBatch> between_;
};

} // namespace timbrel::models
