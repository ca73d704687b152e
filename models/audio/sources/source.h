// A corner's sound as it comes in: something that hands out recordings of notes. Offline use only; every function may
// throw AudioError (one line, naming the file). One Source serves one thread at a time; several of the same file may
// live in several threads.
#pragma once

#include "models/audio/io/audio.h"

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace timbrel::audio {

inline constexpr double source_rate = 48000; // of every recording, whatever the file's own rate

struct Recording {
    double pitch = 60;  // MIDI note number with its fraction: as measured if it could be, else as declared
    int velocity = 100; // 1–127; 100 where nothing tells
    double hold = 0;    // seconds from the start until the key is let go; the whole length where nothing tells
    Audio audio;        // at source_rate, without offset; the note begins within its first 20 ms
    std::string name;   // of the file or preset, for reports
    bool exact = true;  // recorded at the asked pitch and velocity; false: the nearest there is
};

class Source {
  public:
    virtual ~Source() = default;

    virtual std::string name() const = 0; // short, for a corner's label

    // Where the sound came from, for a bank's metadata: {"type", "file", "name", "hash"} and, where the file tells
    // them, "licence" and "comment". "hash" is the XXH3-64 of the file's bytes (of a folder: of its files' hashes).
    virtual nlohmann::json provenance() const = 0;

    // The recording nearest to `pitch` (MIDI note number, 0–127), then to `velocity` (1–127). A source that plays holds
    // the key for `hold_seconds` and listens for `release_seconds` more; one that is recorded is brought to that hold
    // by held_for (sustain.h), and has the release that it has.
    virtual Recording note(int pitch, int velocity, double hold_seconds, double release_seconds) = 0;

    // What was noticed so far about the recordings and should be told: silence, clipping, an offset, doubtful pitches.
    // One line each, in the order of noticing, none twice.
    virtual std::vector<std::string> warnings() const = 0;
};

// `spec` is a sound file (of one note, or of a phrase, whose best notes are used), a folder of sound files,
// FONT.sf2:BANK:PRESET (.sf3 too), or lv2:URI[#PRESET], any installed LV2 instrument (#program N, from 0 to 127, of
// those that keep their sounds as MIDI programs). A font that is not found as it is
// written is looked for where Debian's packages put fonts.
std::unique_ptr<Source> open_source(const std::string& spec);

struct PresetInfo {
    int bank, program;
    std::string name;
};

// Every preset of an SF2 or SF3 font, by bank and program.
std::vector<PresetInfo> list_presets(const std::string& font);

// The names of an installed LV2 instrument's presets.
std::vector<std::string> list_lv2_presets(const std::string& uri);

// The parts that open_source chooses from.
std::unique_ptr<Source> open_soundfont(const std::string& font, int bank, int program);
std::unique_ptr<Source> open_lv2(const std::string& instrument); // URI or URI#PRESET
std::unique_ptr<Source> open_sound_files(const std::string& file_or_folder);

} // namespace timbrel::audio
