// SPDX-License-Identifier: GPL-3.0-or-later
// The progress of training, measured on notes that are not trained on.
// Thread: control.
#pragma once

#include "models/network/autoencoder.h"
#include "models/training/batch_sampler.h"
#include "models/training/erb_spectral_loss.h"

namespace timbrel::models {

// Mean errors in dB: of the feature loss and the ERB loss, over whole notes and over their first 0.1 s.
struct HeldOutError {
    double feature_db = 0, feature_attack_db = 0, erb_db = 0, erb_attack_db = 0;
};

class HeldOutNotes {
  public:
    HeldOutNotes(const Dataset& notes, torch::Device device) : notes_(notes), device_(device) {}

    // Of every `stride`th note.
    HeldOutError measure(Autoencoder& network, ErbSpectralLoss& erb_loss, int64_t stride) const;

  private:
    Batch whole_notes(int64_t first, int64_t stride) const;

    const Dataset& notes_;
    torch::Device device_;
};

} // namespace timbrel::models
