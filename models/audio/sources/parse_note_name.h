// SPDX-License-Identifier: GPL-3.0-or-later
// Parses pitch and velocity from the name of a sample file. Thread: control, worker; pure.
#pragma once

#include <optional>
#include <string>

namespace timbrel::audio {

struct ParsedNoteName {
    // Where the pitch comes from. Octaves are counted in more than one way, and a bare number may be anything.
    enum class Kind { none, nsynth, note, numbered, number } kind = Kind::none;
    std::optional<int> pitch;    // MIDI note number
    std::optional<int> velocity; // 1–127
};

// `stem` is the file's name without folder and extension. Case is ignored. Tokens stand between characters that are
// neither letters nor digits. Understood are, in this order of precedence:
// - NSynth's ending for pitch and velocity: `-060-100` (kind nsynth);
// - notes from C-1 to G9 with `#`, `s` or ♯ for sharp and `b` or ♭ for flat (C4 is MIDI note 60), the last one first
//   (note);
// - `midi60`, `note60`, `key60` (numbered); `m60`, `n60`, `p60` (number);
// - bare numbers from 012 to 127, three digits before two, later ones before earlier ones (number).
// Velocities are `v90`, `vel90` and `velocity90`, also directly after the note.
ParsedNoteName parse_note_name(const std::string& stem);

} // namespace timbrel::audio
