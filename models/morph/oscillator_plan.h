// SPDX-License-Identifier: GPL-3.0-or-later
// The corners' notes, and the oscillators and loop that all cells and velocities of a pitch share.
// Threads: any that may allocate; pure.
#pragma once

#include "models/analysis/vibrato.h"
#include "models/spectral/note_spectrum.h"
#include "models/synthesis/loop_range.h"

#include <optional>

namespace timbrel::models {

struct CornerNote {
    NoteSpectrum spectrum;       // at the plane's pitch and final level
    Tensor residual;             // [2, frames] at the same level (residual.h); undefined for a transposed recording
    std::optional<double> decay; // dB per second by which the sound dies away while it is held for long, if known
    double release = .3;         // seconds in which the sound falls by 60 dB after the key is released
    Vibrato vibrato;             // of the recording; removed from the spectrum and the residual
};

struct OscillatorPlan {
    std::vector<double> hz;         // frequency of each oscillator; a whole number of periods in the loop
    std::vector<int64_t> slot;      // of each oscillator in the partial table
    std::vector<float> corner_mask; // [oscillators × corners], 1 where the corner has its partial at this oscillator
    LoopRange loop;                 // ends with the note
    double detuning = 0;            // largest detuning by fitting whole periods, cents
};

// corners[velocity][corner], all at f0 Hz; `hops` is the length of the note. Partials of a slot within 5 cents share
// one oscillator; others get one each, so that every corner keeps its own frequencies and all cells share their phases.
OscillatorPlan plan_oscillators(const std::vector<std::vector<CornerNote>>& corners, double f0, int64_t hops);

} // namespace timbrel::models
