// The pitch of single frames by YIN's cumulative mean normalised difference function (de Cheveigné and Kawahara, JASA
// 2002).
#pragma once

#include "models/audio/analysis/fft.h"

#include <complex>
#include <cstddef>
#include <vector>

namespace timbrel::audio {

struct FramePitch {
    double pitch = 0;   // MIDI note number; meaningless where clarity is 0
    double clarity = 0; // 0 for no pitch, 1 for a wave that repeats exactly
    double energy = 0;  // mean square
};

// Listens between 29 Hz and 4.4 kHz. One thread at a time.
class Yin {
  public:
    // Compares `window` samples with those up to a longest period later.
    Yin(double rate, size_t window);

    size_t span() const { return window_ + longest_ + 1; } // samples that listen reads
    FramePitch listen(const float* samples);

  private:
    double differences(const float* samples);

    double rate_;
    size_t window_, longest_;
    RealFft fft_;
    std::vector<std::complex<float>> head_;
    std::vector<double> difference_; // by lag
};

} // namespace timbrel::audio
