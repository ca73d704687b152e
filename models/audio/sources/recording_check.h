// The condition a recording is in: what a careful ear would object to before a bank is made of it.
#pragma once

#include "models/audio/io/audio.h"

#include <cmath>
#include <string>
#include <vector>

namespace timbrel::audio {

struct Condition {
    double peak = 0;        // largest absolute sample
    double noise_floor = 0; // level in dBFS of the quietest 50 ms
    double offset = 0;      // mean of the samples, of the channel where it is larger (DC)
    double clipped = 0;     // share of samples in flat tops of three or more at the peak
    bool silent() const { return peak < 1e-5; }
    bool displaced() const { return std::abs(offset) > 0.005 || std::abs(offset) > 0.02 * peak; }
};

Condition condition_of(const Audio& audio);

// One sentence for each thing amiss, without the name of the file; empty for a sound recording.
std::vector<std::string> complaints(const Condition& condition);

// Frames of near-silence before the note begins, less 5 ms kept for its onset. 0 for a silent recording.
size_t leading_silence(const Audio& audio);

// Without its first `frames`.
void drop_front(Audio& audio, size_t frames);

// Takes away an offset and what drifts like one: a high-pass of second order at 5 Hz, as if the first sample had stood
// there for ever. Nothing moves ahead of an onset. A recording that is in the `condition` of having next to none
// stays as it is.
void remove_offset(Audio& audio, const Condition& condition);

} // namespace timbrel::audio
