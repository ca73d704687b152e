// What the network learns from: notes of soundfonts as features.
#pragma once

#include "models/note_features.h"

#include <string>
#include <vector>

namespace timbrel {

struct Instrument {
    std::string font; // path
    int bank = 0, program = 0;
    std::string name;
    std::string spec() const; // as open_source takes it
};

// The melodic presets of a font: General MIDI programs 0–118, without drum banks and sound effects.
std::vector<Instrument> melodic_presets(const std::string& font);

// Programs that training never sees, in any bank of any font: one or two of every family.
bool held_out(const Instrument& instrument);
// The family of a General MIDI program: "plucked", "mallets", "organ", "bass", "strings", "voice", "wind", "synth".
std::string family(int program);

// Pitches (MIDI) at which an instrument is heard: eight, lower for basses. And three velocities.
std::vector<int> training_pitches(int program);
inline constexpr int training_velocities[] = {45, 80, 115};

struct Dataset {
    Tensor db;       // [notes, feature_count, frames] half precision
    Tensor mask;     // [notes, feature_count]
    Tensor f0;       // [notes] Hz
    Tensor velocity; // [notes]
    Tensor key;      // [notes] 128·pitch index + velocity index: notes of one key can be mixed
    std::vector<std::string> instruments;

    int64_t size() const { return db.size(0); }
};

// Renders and analyses every note, several at a time. Silent notes are left out. `hold` and `release` in seconds.
// `coupled` adds notes that sound with their lower octaves, as organs do.
Dataset build_dataset(const std::vector<Instrument>& instruments, double hold, double release, bool coupled);

void save_dataset(const std::string& path, const Dataset& data);
Dataset load_dataset(const std::string& path);

} // namespace timbrel
