// SPDX-License-Identifier: GPL-3.0-or-later
// Analysis of a recorded note into partials and noise over time.
// Threads: any that may allocate; pure.
#pragma once

#include "models/analysis/pitch.h"
#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

struct Analysis {
    NoteSpectrum spectrum;             // at constant pitch, one frame per hop from the start of the recording
    Tensor sound;                      // [2, frames] at constant pitch, on the CPU
    HarmonicDeviation pitch_deviation; // of the recording; spectrum and sound have none
    std::vector<double> frame_times;   // for each audio frame its time at constant pitch, in frames (pitch.h)
};

// x [2, frames] at 48 kHz on the CPU, its pitch within ±70 cents of `nominal` Hz; heavy work runs on `device`, where
// the spectrum lies.
//
// Method: partials are projected under a Hann window of four periods, less the noise power below them; noise is taken
// from the bins of a longer window that no partial reaches; the first frames are then corrected band by band until
// their resynthesis has the recording's energy over two periods, which keeps attacks sharp. Inharmonic sounds get free
// partials (free_partials.h), keep their pitch movement, and their noise is what is left without all partials.
//
// `layer`: the partials of another velocity of the note, of which it gets the free ones; null: they are found.
Analysis analyse(const Tensor& x, double nominal, torch::Device device, const PartialTable* layer = nullptr);

// Noise amplitudes [frames, 2, bands] averaged over nine frames after the attack. Measured levels scatter like the
// noise itself; noise rendered with them would scatter twice.
Tensor smooth_noise(const Tensor& noise);

} // namespace timbrel::models
