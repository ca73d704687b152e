// SPDX-License-Identifier: GPL-3.0-or-later
// How a sound is represented on a map: what the network encodes of a few of its notes.
#pragma once

#include "models/audio/sources/source.h"
#include "models/network/note_model.h"

#include <vector>

namespace timbrel::models {

// Recordings of the notes by which sounds are compared: three octaves around the middle of the keyboard, played hard.
// Thread: control, worker; one thread at a time for each source. Throws std::exception with one line.
std::vector<audio::Recording> compared_notes(audio::Source& source);

// True if nothing is audible in any of the notes. Threads: any that may allocate; pure.
bool is_silent(const std::vector<audio::Recording>& notes);

// The embedding of compared_notes(), as many numbers as a latent: the mean of what the network encodes of all moments
// of all notes. Threads: as NoteModel. Throws std::exception with one line.
Tensor note_embedding(const std::vector<audio::Recording>& notes, const NoteModel& model, torch::Device device);

} // namespace timbrel::models
