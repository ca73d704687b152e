// The oscillators that all cells and velocities of a pitch share, and the loop into which they fit.
#pragma once

#include "models/analysis/vibrato.h"
#include "models/spectral/note_spectrum.h"

namespace timbrel::models {

struct CornerNote {
    NoteSpectrum spectrum; // at the plane's pitch, as loud as it shall sound
    Tensor residual;       // as loud, [2, frames] (residual.h); undefined where the note was recorded at another pitch
    double release = .3;   // seconds in which the sound falls by 60 dB once the key is let go
    Vibrato vibrato;       // of the recording; the sound above has none
};

struct LoopPlace {
    int64_t start = 0, end = 0; // in hops; equal: no loop
};

struct OscillatorPlan {
    std::vector<double> hz;    // of each oscillator; each has whole periods in the loop
    std::vector<int64_t> slot; // of the partial table
    std::vector<float> member; // [oscillators × corners], 1 where that corner has its partial there
    LoopPlace loop;            // ends with the note
    double detuning = 0;       // cents at most, by fitting whole periods
};

// corners[velocity][corner], all at f0 Hz; `hops` is the length of the note. Where corners agree on a partial's place
// there is one oscillator; where they do not, one for each place, so that no corner loses its truth and all cells still
// share their phases.
OscillatorPlan plan_oscillators(const std::vector<std::vector<CornerNote>>& corners, double f0, int64_t hops);

} // namespace timbrel::models
