// SPDX-License-Identifier: GPL-3.0-or-later
// Splits a phrase (a sung or played line in one recording) into its notes. Thread: control, worker; every call is
// independent.
#pragma once

#include "models/audio/io/audio.h"

#include <cstddef>
#include <vector>

namespace timbrel::audio {

struct PhraseNote {
    size_t start = 0, end = 0; // frames of the recording
    double pitch = 60;         // MIDI note number with its fraction: the median of the note's analysis frames
    double quality = 0;        // 0–1; long, clear, steady and loud notes have more
    bool begins = true;        // with partials that did not sound before, as the parts of one ringing hit do
};

// Finds, in order of time, every stretch of at least 0.15 s whose pitch is clear and stays within 0.8 semitones of its
// median. A new attack at the same pitch begins a new note.
std::vector<PhraseNote> segment_phrase(const Audio& audio);

// Whether the notes form a phrase: notes of at least two semitones begin anew, and none has 60 % of the sound, as in a
// single note with a pitch error. One hit of a bell is none, even if its pitch seems to change while it rings.
bool is_phrase(const std::vector<PhraseNote>& notes);

// For each semitone the note of the highest quality, in order of pitch.
std::vector<PhraseNote> best_note_per_semitone(const std::vector<PhraseNote>& notes);

// A copy of one note, with short fades at its edges.
Audio extract_note(const Audio& audio, const PhraseNote& note);

} // namespace timbrel::audio
