// SPDX-License-Identifier: GPL-3.0-or-later
// A model of sound as a model of notes: features are rendered to sound for the encoder, and the decoder's sound is
// analysed like a recording (pitch, partials, noise). So the plane renders what such a model decodes from the same
// excitation as all cells, and a crossfade of two cells is a decoding between them.
// Threads: as NoteModel; the model itself runs one call after the other.
#pragma once

#include "models/network/note_model.h"

#include <memory>
#include <string>

namespace timbrel::models {

class SoundCodec;

class CodecModel final : public NoteModel {
  public:
    // Loads the model of a TorchScript file. Throws Error with one line that names the file, also if its latents are
    // discrete.
    explicit CodecModel(const std::string& file);
    ~CodecModel() override;

    // Latents [notes, rows, frames] hold the model's own, of another number of frames, in a row: codec_model.cc.
    Tensor encode(const Tensor& levels, const Tensor& mask, const NoteConditions& conditions) const override;
    Tensor decode(const Tensor& latents, const NoteConditions& conditions) const override;
    // Undefined: such a model decodes single latents.
    Tensor moved(const Tensor& a, const Tensor& b, const Tensor& mask, const Tensor& positions,
                 const NoteConditions& conditions) const override;

  private:
    std::unique_ptr<SoundCodec> codec_;
};

} // namespace timbrel::models
