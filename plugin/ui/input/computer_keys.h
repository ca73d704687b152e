// Notes on the computer's keyboard: two rows of letters as white keys with the row above each as black ones.
#pragma once

#include <optional>

namespace timbrel::ui {

// The MIDI note of the key at that X keycode, which tells the key's place and not its letter, so that it is the same
// with every national keyboard.
inline std::optional<int> computer_note(unsigned keycode) {
    constexpr int middle_c = 60, none = -1;
    // From the key left of X on an English keyboard, and from S above it.
    constexpr unsigned low_white = 52, low_black = 39, high_white = 24, high_black = 11;
    constexpr int whites[] = {0, 2, 4, 5, 7, 9, 11, 12, 14, 16};
    constexpr int blacks[] = {1, 3, none, 6, 8, 10, none, 13, 15};
    const auto within = [&](unsigned first, unsigned count) { return keycode >= first && keycode < first + count; };
    int semitones = none, octave = 0;
    if (within(low_white, 10)) semitones = whites[keycode - low_white], octave = -12;
    if (within(low_black, 9)) semitones = blacks[keycode - low_black], octave = -12;
    if (within(high_white, 10)) semitones = whites[keycode - high_white];
    if (within(high_black, 9)) semitones = blacks[keycode - high_black];
    if (semitones == none) return {};
    return middle_c + octave + semitones;
}

} // namespace timbrel::ui
