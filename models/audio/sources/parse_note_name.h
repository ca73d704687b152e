// SPDX-License-Identifier: GPL-3.0-or-later
// Parses pitch and velocity from the name of a sample file. Thread: control, worker; pure.
#pragma once

#include <optional>
#include <string>

namespace timbrel::audio {

struct ParsedNoteName {
    std::optional<int> pitch;    // MIDI note number
    std::optional<int> velocity; // 1–127
};

// `stem` is the file's name without folder and extension. Case is ignored. Tokens stand between characters that are
// neither letters nor digits. Understood are, in this order of precedence:
// - NSynth's ending for pitch and velocity: `-060-100`;
// - notes from C-1 to G9 with `#`, `s` or ♯ for sharp and `b` or ♭ for flat (C4 is MIDI note 60), the last one first;
// - `midi60`, `note60`, `key60`, `m60`, `n60`, `p60`;
// - bare numbers from 012 to 127, three digits before two, later ones before earlier ones.
// Velocities are `v90`, `vel90` and `velocity90`, also directly after the note.
ParsedNoteName parse_note_name(const std::string& stem);

} // namespace timbrel::audio
