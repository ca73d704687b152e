// SPDX-License-Identifier: GPL-3.0-or-later
// Pitch detection for recorded notes between 27 Hz (A0) and 4.2 kHz. YIN (yin.h) analyses frames along the note, the
// frames vote, and the winning pitch is refined on the spectral peaks of its first partials. Thread: control, worker;
// every call is independent.
#pragma once

#include "models/audio/io/audio.h"

#include <optional>
#include <vector>

namespace timbrel::audio {

struct PitchEstimate {
    double pitch;      // MIDI note number with its fraction
    double confidence; // 0–1: fraction of the frames, weighted by energy and clarity, that agree; below 0.5 unreliable
    double clarity;    // 0–1: how periodic these frames are on the mean; noise has less
    // Level of the fundamental, or of the second and third partial if that is higher, relative to the strongest
    // partial, dB. Inharmonic sounds are nearly periodic far below their lowest partial.
    double low_partials_db;

    // Whether partials sound at this pitch.
    bool has_low_partials() const { return low_partials_db > -35; }
    // Whether the pitch is certain enough to contradict what a label says of it.
    bool certain() const { return confidence >= 0.8 && clarity >= 0.9 && has_low_partials(); }
};

// One channel for analysis: the mean of both, or the louder one if they cancel each other.
std::vector<float> downmix(const Audio& audio);

// The extremum of the parabola through three equally spaced values, in steps from the middle one: -0.5 to 0.5.
double parabolic_peak(double before, double at, double after);

// The pitch of the first two seconds of a note. Nothing for silence and for less than 1,500 frames at 48 kHz.
std::optional<PitchEstimate> detect_pitch(const Audio& audio);

// The pitch of the strongest partial of a note between A0 and C8: what is perceived of an inharmonic sound or near it.
// Nothing for silence and for less than 1,500 frames at 48 kHz.
std::optional<double> strongest_partial(const Audio& audio);

// The pitch of the partials' common fundamental within `range_cents` of `near_pitch`, from `from` to `to` seconds.
// Nothing if no spectral peak stands out there.
std::optional<double> refine_pitch(const Audio& audio, double near_pitch, double from, double to,
                                   double range_cents = 70);

} // namespace timbrel::audio
