// SPDX-License-Identifier: GPL-3.0-or-later
// Which notes of a bank are baked unless they are given.
// Threads: any that may allocate; pure.
#pragma once

#include <vector>

namespace timbrel::models {

inline constexpr int default_lowest = 33, default_highest = 97; // MIDI notes
inline constexpr int max_pitch_gap = 4;                         // semitones
inline constexpr int max_default_pitches = 34;                  // twice as many as without recordings

// `recorded`: the notes of each corner's recordings; empty for a corner that plays every note. MIDI notes, ascending:
// from default_lowest to default_highest or as far as recordings reach, at most max_pitch_gap apart, at most
// max_default_pitches. They meet as many recordings as possible; a note more than the gaps need is baked only where
// more than half of the corners with recordings have one. Without recordings every fourth note.
std::vector<int> default_pitches(const std::vector<std::vector<int>>& recorded);

} // namespace timbrel::models
