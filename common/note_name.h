// What people call a MIDI note number: C4 is 60.
#pragma once

#include <string>

namespace timbrel {

inline std::string note_name(int note) {
    static constexpr const char* names[] = {"C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"};
    return names[note % 12] + std::to_string(note / 12 - 1);
}

} // namespace timbrel
