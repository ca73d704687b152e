// What a file's name says about the note in it.
#pragma once

#include <optional>
#include <string>

namespace timbrel::audio {

struct NoteName {
    std::optional<int> pitch;    // MIDI note number
    std::optional<int> velocity; // 1–127
    bool certain = false;        // the pitch is written as a note (C#4, note60) and not as a bare number
};

// `stem` is the name without folder and extension. Understood, in any case, between anything that is no letter or
// digit: notes from C-1 to G9 with # or s for sharp, b for flat, or the signs ♯ and ♭ (C4 is MIDI note 60); `midi60`,
// `note60`, `key60`, `m60`, `n60`, `p60`; bare numbers from 012 to 127, of which those of three digits count before
// others and later before earlier; `v90`, `vel90`, `velocity90`, also straight after the note; and NSynth's
// PITCH-VELOCITY ending
// `-060-100`.
NoteName parse_note_name(const std::string& stem);

} // namespace timbrel::audio
