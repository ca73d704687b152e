// SPDX-License-Identifier: GPL-3.0-or-later
// The YIN pitch estimator for single frames: cumulative mean normalised difference function (de Cheveigné and Kawahara,
// JASA 2002). Thread: control, worker; one thread at a time per object.
#pragma once

#include "models/audio/analysis/fft.h"

#include <complex>
#include <cstddef>
#include <vector>

namespace timbrel::audio {

struct FramePitch {
    double pitch = 0;   // MIDI note number; undefined where clarity is 0
    double clarity = 0; // 0 for no pitch, 1 for a perfectly periodic wave
    double energy = 0;  // mean square
};

// Estimates pitches between 26 Hz and 4.4 kHz.
class Yin {
  public:
    // Compares `window` samples with the samples up to one longest period later. `rate` in Hz.
    Yin(double rate, size_t window);

    size_t input_size() const { return window_ + longest_lag_ + 1; } // samples that estimate() reads
    FramePitch estimate(const float* samples);

  private:
    double compute_differences(const float* samples);

    double rate_;
    size_t window_, longest_lag_;
    RealFft fft_;
    std::vector<std::complex<float>> window_spectrum_;
    std::vector<double> difference_; // by lag
};

} // namespace timbrel::audio
