// The pitch of a recorded note, between 30 Hz and 4.2 kHz.
//
// YIN (yin.h) listens to frames spread along the note; the frames vote, and the winner is refined on the peaks of its
// first partials.
#pragma once

#include "models/audio/io/audio.h"

#include <optional>
#include <string>
#include <vector>

namespace timbrel::audio {

struct PitchEstimate {
    double pitch;      // MIDI note number with its fraction
    double confidence; // 0–1: share of the note, by energy, that agrees; under 0.5 it is a guess
};

double pitch_of(double hertz); // MIDI note number
double hertz_of(double pitch);
std::string pitch_name(int pitch); // "C#4"; C4 is 60

// One channel to listen to: the mean of both, unless they cancel each other; then the louder one.
std::vector<float> heard(const Audio& audio);

// Where the parabola through three equally spaced values turns, in steps from the middle one: -0.5 to 0.5.
double turning_point(double before, double at, double after);

// Nothing for silence and for less than 1,500 frames at 48 kHz.
std::optional<PitchEstimate> detect_pitch(const Audio& audio);

// The pitch of the partials' common fundamental within `range_cents` around `near_pitch`, from `from` to `to` seconds.
// Nothing if no partial stands out there.
std::optional<double> refine_pitch(const Audio& audio, double near_pitch, double from, double to,
                                   double range_cents = 70);

} // namespace timbrel::audio
