// SPDX-License-Identifier: GPL-3.0-or-later
// Timbrel's own network as a model of notes.
// Threads: as NoteModel.
#pragma once

#include "models/network/autoencoder.h"
#include "models/network/note_model.h"

namespace timbrel::models {

class AutoencoderModel final : public NoteModel {
  public:
    explicit AutoencoderModel(Autoencoder network) : network_(std::move(network)) {}
    Tensor encode(const Tensor& levels, const Tensor& mask, const NoteConditions& conditions) const override;
    Tensor decode(const Tensor& latents, const NoteConditions& conditions) const override;
    Tensor moved(const Tensor& a, const Tensor& b, const Tensor& mask, const Tensor& positions,
                 const NoteConditions& conditions) const override;

  private:
    mutable Autoencoder network_; // modules have no const functions
};

} // namespace timbrel::models
