// SPDX-License-Identifier: GPL-3.0-or-later
// Short-time power spectra over FFT bins and over ERB bands. Measures, pictures and the training loss share them.
// Thread: control, worker; every call is independent.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::audio {

// Rows of equal length, one per frame.
struct FrameTable {
    size_t frames = 0, columns = 0;
    std::vector<float> values; // frames × columns

    std::span<const float> row(size_t frame) const { return {values.data() + frame * columns, columns}; }
    std::span<float> row(size_t frame) { return {values.data() + frame * columns, columns}; }
};

// Power of each bin, |FFT|² without scaling, in `size` / 2 + 1 columns. Uses periodic Hann windows of `size` samples
// every `hop` samples, the first centred on the first sample; samples outside the sound are 0. Frames:
// samples / hop + 1.
FrameTable power_spectra(std::span<const float> samples, size_t size, size_t hop);

// The spectrum of a Hann window of length 1 and area 1. For a window of N samples `frequency` is in bins.
double hann_spectrum(double frequency);

// Triangular bands whose centres are equally spaced on the ERB scale from 20 Hz to 20 kHz. Each band rises to 1 at its
// centre and falls to 0 at its neighbours' centres. A band too narrow to contain a bin takes the nearest bin.
class ErbBands {
  public:
    // For spectra of `size` / 2 + 1 bins at `rate` Hz.
    ErbBands(size_t size, size_t bands, double rate);

    size_t bands() const { return bands_.size(); }
    double centre(size_t band) const { return bands_[band].centre; } // Hz
    FrameTable sums(const FrameTable& power) const;                  // power per band: frames × bands()

  private:
    struct Band {
        double centre;
        size_t first_bin;
        std::vector<float> weights; // of the bins from first_bin on
    };
    std::vector<Band> bands_;
};

} // namespace timbrel::audio
