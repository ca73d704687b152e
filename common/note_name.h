// SPDX-License-Identifier: GPL-3.0-or-later
// Names of MIDI notes; C4 is note 60. models/audio/sources/parse_note_name.h reads them from file names. Threads: any;
// pure, but note_name() allocates.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace timbrel {

// The twelve pitch classes from C on.
inline constexpr std::array<std::string_view, 12> pitch_class_names = {"C",  "C#", "D",  "D#", "E",  "F",
                                                                       "F#", "G",  "G#", "A",  "A#", "B"};

// The pitch class, 0 to 11, of a letter from 'A' to 'G'; -1 for any other character.
constexpr int pitch_class_of(char letter) {
    for (size_t i = 0; i < pitch_class_names.size(); ++i)
        if (pitch_class_names[i].size() == 1 && pitch_class_names[i][0] == letter) return static_cast<int>(i);
    return -1;
}

// 'C#4' for 61. `note` is 0 or higher.
inline std::string note_name(int note) {
    return std::string(pitch_class_names[static_cast<size_t>(note % 12)]) + std::to_string(note / 12 - 1);
}

} // namespace timbrel
