// The held part of a recorded note: where it ends, and making it as long as it is asked for.
#pragma once

#include "models/audio/io/audio.h"

#include <cstddef>
#include <optional>

namespace timbrel::audio {

// Seconds at which the key (bow, breath) is let go: where the level, which stood or fell slowly, begins to fall fast.
// Found as the break of the two straight lines, level in dB over time, that fit best from the end of the attack on.
// Nothing if the note only dies away, is cut off, or was held for less than 0.2 s.
std::optional<double> release_start(const Audio& audio);

struct HeldPart {
    double end = 0;                      // seconds; of the whole recording if nothing is known
    bool released = false;               // what comes after `end` is the note's release
    size_t loop_start = 0, loop_end = 0; // frames that the recording itself says to repeat; equal if it does not
};

struct Held {
    Audio audio;
    double hold = 0;       // seconds until the release; the whole length if there is none
    bool repeated = false; // lengthened by repetition
};

// The note held for `seconds`: a longer one goes over into its release early, a shorter one repeats its steady part, or
// its own loop, and keeps on dying away as fast as it did. Joints are crossfaded where the waves agree best. A note
// that has died away by 50 dB, or is too short to repeat anything of it (under 0.25 s), keeps its length.
Held held_for(const Audio& audio, const HeldPart& part, double seconds);

} // namespace timbrel::audio
