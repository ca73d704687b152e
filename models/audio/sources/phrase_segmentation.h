// The notes of a phrase: a sung or played line in one recording.
#pragma once

#include "models/audio/io/audio.h"

#include <cstddef>
#include <vector>

namespace timbrel::audio {

struct PhraseNote {
    size_t start = 0, end = 0; // frames
    double pitch = 60;         // MIDI note number with its fraction: the median of its frames
    double quality = 0;        // 0–1: long, clear, steady and loud notes have more
};

// Every stretch of at least 0.15 s whose pitch is clear and stays within 0.8 semitones of its median, in order of time.
// A new attack at the same pitch begins a new note.
std::vector<PhraseNote> notes_in(const Audio& audio);

// Of the notes of each semitone the one of the best quality; by pitch.
std::vector<PhraseNote> best_notes(const std::vector<PhraseNote>& notes);

// One note cut out, its edges faded.
Audio excerpt(const Audio& audio, const PhraseNote& note);

} // namespace timbrel::audio
