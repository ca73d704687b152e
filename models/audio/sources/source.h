// SPDX-License-Identifier: GPL-3.0-or-later
// The sound of a corner: a source of recorded notes. Thread: control, worker; one thread at a time per Source. Several
// sources of the same file may be used in several threads. Every function may throw AudioError.
#pragma once

#include "models/audio/io/audio.h"

#include <nlohmann/json_fwd.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace timbrel::audio {

inline constexpr double source_rate = 48000; // Hz, of every recording, whatever the file's rate

inline size_t source_frames(double seconds) {
    return static_cast<size_t>(std::lround(std::max(0.0, seconds) * source_rate));
}

struct Recording {
    double pitch = 60;  // MIDI note number with its fraction: measured if possible, otherwise as declared
    int velocity = 100; // 1–127; 100 if unknown
    double hold = 0;    // seconds from the start to the release; the whole length if unknown
    Audio audio;        // at source_rate, without offset; the note begins within the first 20 ms
    std::string name;   // of the file or preset, for reports
    bool exact = true;  // whether pitch and velocity are the requested ones; false: the nearest available
    double repeated =
        0; // seconds that were recorded, where the hold is longer and so its steady part is repeated; 0: not
    double transposed = 0; // semitones by which the recording was transposed (transposition.h)
};

class Source {
  public:
    virtual ~Source() = default;

    virtual std::string name() const = 0; // short, for a corner's label

    // The sound's origin, for a bank's metadata: {"type", "file", "name", "hash"} and, if the file contains them,
    // "licence" and "comment". "hash" is the XXH3-64 of the file's bytes, or of the hashes of a folder's files.
    virtual nlohmann::json provenance() const = 0;

    // The recording nearest to `pitch` (MIDI note number, 0–127), then to `velocity` (1–127). A source that plays an
    // instrument holds the key for `hold_seconds` and records `release_seconds` more. A source of recordings adapts
    // their hold by sustain_note (sustain.h) and keeps their release.
    virtual Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) = 0;

    // The MIDI notes of the recordings, ascending; empty for a source that plays every note.
    virtual std::vector<int> recorded_pitches() const { return {}; }

    // Problems found so far in the recordings: silence, clipping, offset, doubtful pitches. One line each, in the order
    // of detection, without repetitions.
    virtual std::vector<std::string> warnings() const = 0;
};

// How the names of a folder's files count octaves: as science does (middle C is C4), as Yamaha does (C3), or found out
// from their sounds.
enum class OctaveNaming { automatic, scientific, yamaha };

// Prefixes of a source's notation that set it, as in octaves=yamaha:FOLDER.
inline constexpr char yamaha_prefix[] = "octaves=yamaha:", scientific_prefix[] = "octaves=scientific:";

// Opens a sound file (of one note, or of a phrase, whose best notes are used), a folder of sound files, also in its
// subfolders, FONT.sf2:BANK:PRESET (or .sf3; also looked for in Debian's folders of fonts), or lv2:URI[#PRESET], an LV2
// instrument (#program N, 0–127, for those with MIDI programs). Ignores options in front of it (source_options.h).
std::unique_ptr<Source> open_source(const std::string& spec);

struct PresetInfo {
    int bank, program;
    std::string name;
};

// All presets of an SF2 or SF3 font, sorted by bank and program.
std::vector<PresetInfo> list_presets(const std::string& font);

// The first four presets as text, for error messages.
std::string preset_examples(const std::vector<PresetInfo>& presets);

// The names of an installed LV2 instrument's presets.
std::vector<std::string> list_lv2_presets(const std::string& uri);

// The kinds of source among which open_source chooses.
std::unique_ptr<Source> open_soundfont(const std::string& font, int bank, int program);
std::unique_ptr<Source> open_lv2(const std::string& instrument); // URI or URI#PRESET
std::unique_ptr<Source> open_sound_files(const std::string& file_or_folder, OctaveNaming octaves);

} // namespace timbrel::audio
