// SPDX-License-Identifier: GPL-3.0-or-later
// Recorded single notes and the notes interpolated between two of them, as spectra from one and the same analysis.
// Threads: control, worker; one thread at a time for each audio source.
#pragma once

#include "models/audio/sources/source.h"
#include "models/morph/oscillator_plan.h"
#include "models/network/note_model.h"

#include <optional>

namespace timbrel::models {

inline constexpr int evaluation_velocity = 100;

// A recorded note of descriptor_hold + descriptor_release seconds, normalised in loudness.
struct RecordedNote {
    CornerNote corner;     // tuned exactly to its pitch
    Tensor sound;          // [2, frames] at 48 kHz: the recording
    NoteSpectrum spectrum; // analysis of the recording, comparable with those of interpolated notes
};

// Nothing where the source is silent at this pitch (MIDI). Throws AudioError.
std::optional<RecordedNote> record_note(audio::Source& source, int pitch, torch::Device device);

// Interpolates between two notes of one pitch at `weights` [positions, 2], as a bank stores and a voice plays them:
// rendered, looped, released, and analysed again. `network_amount`: weight of the network's latent interpolation
// (models/morph/latent_interpolation.h).
std::vector<NoteSpectrum> interpolated_notes(const NoteModelPtr& network, const RecordedNote& a, const RecordedNote& b,
                                             int pitch, double network_amount, const Tensor& weights,
                                             torch::Device device);

// The mean of both recordings: a layer of the two.
NoteSpectrum layered_note(const RecordedNote& a, const RecordedNote& b, int pitch, torch::Device device);

} // namespace timbrel::models
