// SPDX-License-Identifier: GPL-3.0-or-later
// How audible the seam of a loop is. Thread: control, worker; every call is independent.
#pragma once

#include "models/audio/io/audio.h"

namespace timbrel::audio {

struct LoopSeam {
    double flux = 1; // spectral flux within 1024 frames of the seam over the flux elsewhere
    double jerk = 1; // largest third difference of samples within 8 frames of the seam over the largest elsewhere
};

// How audible a loop's seam is; 1 is inaudible. `loop` is one pass of the loop, at least 2048 frames; it is analysed
// four times in a row. Throws AudioError for a shorter one.
LoopSeam measure_loop_seam(const Audio& loop);

} // namespace timbrel::audio
