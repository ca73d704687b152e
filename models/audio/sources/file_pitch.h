// SPDX-License-Identifier: GPL-3.0-or-later
// Decides which note a sound file contains, by its name, its `smpl` chunk and its sound. An estimate
// that is certain wins over a label that differs from it by no octave, because pitch detection errs by octaves. It wins
// by octaves, too, over the notes 0 and 60 of a header, which tools write that know no note. Thread: control, worker;
// pure.
#pragma once

#include "models/audio/sources/parse_note_name.h"
#include "models/audio/sources/source.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace timbrel::audio {

// Pitches are MIDI note numbers.
struct PitchEvidence {
    std::string stem;                // of the file's name, for messages
    ParsedNoteName name;             // of the file
    std::optional<double> stored;    // in the file's header
    std::optional<double> estimated; // from the sound, where that is certain
};

struct FilePitch {
    std::optional<double> pitch; // nothing: to be estimated from the whole sound
    bool declared = false;       // by a label; otherwise estimated
};

struct FilePitches {
    std::vector<FilePitch> files;      // one for each
    std::vector<std::string> warnings; // one line each
};

// `folder`: the name of the folder that the files come from, for messages; empty for a single file. In a folder,
// numbers in names are keys of all files if they are those of most, and octaves are counted as one octave higher or
// lower if that is right for all; a single file shows neither.
FilePitches decide_pitches(std::span<const PitchEvidence> files, OctaveNaming octaves, const std::string& folder);

// A probable cause of a deviation in semitones of a file's sound from its label, as " (another octave)"; empty for
// none.
std::string explain_deviation(double semitones);

} // namespace timbrel::audio
