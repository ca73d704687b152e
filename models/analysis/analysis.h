// From a recorded note to its spectrum over time.
#pragma once

#include "models/analysis/pitch.h"
#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

struct Analysis {
    NoteSpectrum spectrum;     // in flat time, one frame a hop from the note's first audio frame
    Tensor sound;              // [2, frames] in flat time, on the CPU
    HarmonicMovement movement; // of the recording's pitch, which is flat in all of the above
    std::vector<double> flat;  // for each audio frame its flat time: unflattened(synthesised, flat) is the note again
};

// x [2, frames] at 48 kHz, its pitch near `nominal` Hz (within ±70 cents). Method: amplitudes by projection on each
// partial over four periods, less the noise beneath it; noise from the bins of a longer window that no partial reaches;
// then the first frames' bands are corrected until their resynthesis, over two periods, has the recording's energy,
// which keeps attacks sharp.
Analysis analyse(const Tensor& x, double nominal, torch::Device device);

// Levels of noise [frames, 2, bands] averaged past the attack: there they scatter like the noise itself, and rendering
// them would scatter it twice.
Tensor settled(const Tensor& noise);

} // namespace timbrel::models
