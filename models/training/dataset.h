// SPDX-License-Identifier: GPL-3.0-or-later
// The training data on disk: notes of many instruments as features.
// Thread: control. A loaded Dataset is read-only and may be read by control and worker threads.
#pragma once

#include "models/network/note_features.h"
#include "models/training/training_notes.h"

#include <functional>
#include <string>
#include <vector>

namespace timbrel::models {

struct Dataset {
    Tensor db;         // [notes, feature_count, frames] half precision, memory-mapped from the file
    Tensor mask;       // [notes, feature_count]
    Tensor f0;         // [notes] Hz
    Tensor velocity;   // [notes]
    Tensor key;        // [notes] 128·pitch + velocity; training interpolates only notes of equal key
    Tensor instrument; // [notes] index into the list that the data set was made from

    int64_t size() const { return db.size(0); }
    int64_t instruments() const { return std::get<0>(at::_unique(instrument)).numel(); }
};

// A rendered note, [2, frames] at 48 kHz, and its key.
struct SoundNote {
    Tensor sound;
    int pitch, velocity; // MIDI
};

// Notes that are rendered one after another: an instrument, or a part of one.
struct NoteGroup {
    std::string name;     // for messages
    int64_t instrument;   // of Dataset
    size_t largest_count; // of its notes
    // Renders the notes and passes each to `put`. AudioError: the group is skipped.
    std::function<void(const std::function<void(const SoundNote&)>& put)> render;
};

// Renders and analyses the notes of every group, several groups in parallel, and writes PATH.f16 (the features, 290 kB
// for 3 seconds) and PATH.pt (everything else), in the order of the groups. Notes are `seconds` long. Reports skipped
// groups with a line on standard error each. Throws std::exception with one line; leaves no partial files.
void write_dataset(const std::string& path, const std::vector<NoteGroup>& groups, double seconds);

// A group for every instrument, each note held for `hold` seconds and recorded for `release` seconds more. Silent notes
// are left out, and unpitched instruments are skipped.
std::vector<NoteGroup> instrument_groups(const std::vector<CorpusInstrument>& instruments,
                                         std::vector<TrainingNote> (*notes_of)(const CorpusInstrument&), double hold,
                                         double release);

bool has_dataset(const std::string& path);

// Throws std::runtime_error when the sizes of the two files do not match.
Dataset load_dataset(const std::string& path);

} // namespace timbrel::models
