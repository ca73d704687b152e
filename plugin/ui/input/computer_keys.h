// SPDX-License-Identifier: GPL-3.0-or-later
// The computer's keyboard as a piano: two rows of letters are white keys, the rows above them black keys.
// Threads: any; pure.
#pragma once

#include <optional>

namespace timbrel::ui {

// The MIDI note number of an X keycode, none for other keys. Keycodes name positions, not letters, so the notes are the
// same on every national keyboard.
inline std::optional<int> note_for_keycode(unsigned keycode) {
    constexpr int middle_c = 60, none = -1;
    // The rows' first keys: Z, S, Q and 2 on a US keyboard.
    constexpr unsigned low_white = 52, low_black = 39, high_white = 24, high_black = 11;
    constexpr int whites[] = {0, 2, 4, 5, 7, 9, 11, 12, 14, 16};
    constexpr int blacks[] = {1, 3, none, 6, 8, 10, none, 13, 15};
    const auto in_row = [&](unsigned first, unsigned count) { return keycode >= first && keycode < first + count; };
    int semitones = none, octave = 0;
    if (in_row(low_white, 10)) semitones = whites[keycode - low_white], octave = -12;
    if (in_row(low_black, 9)) semitones = blacks[keycode - low_black], octave = -12;
    if (in_row(high_white, 10)) semitones = whites[keycode - high_white];
    if (in_row(high_black, 9)) semitones = blacks[keycode - high_black];
    if (semitones == none) return {};
    return middle_c + octave + semitones;
}

} // namespace timbrel::ui
