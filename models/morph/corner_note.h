// SPDX-License-Identifier: GPL-3.0-or-later
// A corner of a plane at one pitch and velocity, made from a recording.
// Threads: any that may allocate; pure but for `corner`.
#pragma once

#include "models/analysis/pitch_movement.h"
#include "models/spectral/note_spectrum.h"

#include <optional>

namespace timbrel::models {

struct CornerNote {
    NoteSpectrum spectrum;       // at the plane's pitch and final level
    Tensor residual;             // [2, frames] at the same level (residual.h); undefined for a transposed recording
    std::optional<double> decay; // dB per second by which the sound dies away while it is held for long, if known
    double release = .3;         // seconds in which the sound falls by 60 dB after the key is released
    PitchMovement pitch;         // of the recording; removed from the spectrum and the residual
    double tuning = 0;           // cents by which the recording is above its key, kept in its sound or not
};

// x [2, frames at 48 kHz], pitched near `recorded` Hz, as a note at f0 Hz: its spectrum; its residual, at most `hops`
// hops long, where f0 is within a quarter tone of its pitch; and the movement of its pitch in the first `hops`
// hops, during which the key must be held. `tuning`: how far the recording is above `recorded`. The caller sets the
// release. `layer`: another velocity of the note, whose free partials it gets; null: they are found.
CornerNote make_corner_note(const Tensor& x, double recorded, double f0, int64_t hops, torch::Device device,
                            const CornerNote* layer = nullptr);

// Multiplies all amplitudes by `gain`.
void apply_gain(CornerNote& corner, double gain);

} // namespace timbrel::models
