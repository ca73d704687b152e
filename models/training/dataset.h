// What the network learns from: notes of many instruments as features.
#pragma once

#include "models/network/note_features.h"
#include "models/training/training_notes.h"

#include <string>
#include <vector>

namespace timbrel::models {

struct Dataset {
    Tensor db;         // [notes, feature_count, frames] half precision; lies in a file and is read as it is used
    Tensor mask;       // [notes, feature_count]
    Tensor f0;         // [notes] Hz
    Tensor velocity;   // [notes]
    Tensor key;        // [notes] 128·pitch + velocity: notes of one key can be mixed
    Tensor instrument; // [notes] number of its instrument in the list that the set was made from

    int64_t size() const { return db.size(0); }
    int64_t instruments() const { return std::get<0>(at::_unique(instrument)).numel(); }
};

// Plays and analyses the takes of every instrument, several at a time, and writes PATH.f16, the features, and PATH.pt,
// all else. Notes are `hold` seconds held and `release` seconds more. Silent notes are left out, and whole instruments
// that are not melodic or fail, with a line on standard error. Features go straight to the disk: 290 kB for 3 seconds.
// Throws std::exception with one line; leaves no half files.
void write_dataset(const std::string& path, const std::vector<Instrument>& instruments,
                   std::vector<Take> (*takes_of)(const Instrument&), double hold, double release);

bool has_dataset(const std::string& path);

// Throws std::runtime_error when the two files do not belong together.
Dataset load_dataset(const std::string& path);

} // namespace timbrel::models
