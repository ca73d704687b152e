// SPDX-License-Identifier: GPL-3.0-or-later
// The sustained part of a recorded note: finding its release and changing the length of its hold. Thread: control,
// worker; every call is independent.
#pragma once

#include "models/audio/io/audio.h"

#include <cstddef>
#include <optional>

namespace timbrel::audio {

// Seconds at which the release begins: where the level, constant or slowly falling before, begins to fall fast. Found
// as the joint of the two straight lines that best fit the level in dB after the attack. Nothing if the note only
// decays, is cut off, or was held for less than 0.2 s.
std::optional<double> release_start(const Audio& audio);

// Whether a note can be held on this loop (frames): its level is alike at both ends, within 10 dB. A loop over a whole
// decaying recording, as some tools write, is none.
bool is_sustain_loop(const Audio& audio, size_t start, size_t end);

struct SustainRegion {
    double end = 0;                      // seconds of the hold; the recording's length if unknown
    bool has_release = false;            // the recording contains the release after `end`
    size_t loop_start = 0, loop_end = 0; // the recording's own loop in frames; equal if there is none
};

struct SustainedNote {
    Audio audio;
    double hold = 0;     // seconds until the release; the whole length if there is none
    bool looped = false; // the sustained part was repeated
};

// Changes a note's hold to `seconds`. A longer note changes to its release earlier. A shorter one repeats its steady
// part, or its own loop, with the decay continued. Joints are crossfaded where the waves correlate best. A note that
// has decayed by 50 dB or is too short to repeat (below 0.25 s) keeps its length.
SustainedNote sustain_note(const Audio& audio, const SustainRegion& region, double seconds);

} // namespace timbrel::audio
