// SPDX-License-Identifier: GPL-3.0-or-later
// Notes as the model alone makes them, without the corner residuals that banks add.
// Threads: any that may allocate, one at a time for each model.
#pragma once

#include "models/network/note_model.h"

namespace timbrel::models {

// The decoded weighted mean of the latents of notes of one pitch; of a single note, its reconstruction. Frames:
// those of the shortest note. Level and panning, which the model does not encode, are the weighted means of the notes'
// (the level in dB); the partials' frequencies are those of the first. weights: one for each note, of sum 1.
NoteSpectrum decoded_mean(const NoteModel& model, const std::vector<NoteSpectrum>& notes,
                          const std::vector<double>& weights, double velocity);

} // namespace timbrel::models
