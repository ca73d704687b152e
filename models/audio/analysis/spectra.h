// Short-time power spectra, over bins and over bands that are equally wide for the ear. What measures and pictures
// share.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::audio {

// Rows of equal length, one a frame.
struct FrameTable {
    size_t frames = 0, columns = 0;
    std::vector<float> values; // frames × columns

    std::span<const float> row(size_t frame) const { return {values.data() + frame * columns, columns}; }
    std::span<float> row(size_t frame) { return {values.data() + frame * columns, columns}; }
};

// Power of each bin, |FFT|² without scaling: periodic Hann windows of `size` samples every `hop`, the first centred on
// the first sample (half a window of zeros on either side). (samples + 1) / hop frames or so; `size` / 2 + 1 columns.
FrameTable power_spectra(std::span<const float> samples, size_t size, size_t hop);

// The spectrum of a Hann window of length 1 and area 1: of one of N samples, `frequency` is in bins.
double hann_spectrum(double frequency);

// Sums over triangular bands: `bands` + 2 points equally spaced on 21.4 log10(1 + 0.00437 f) from 20 Hz to 20 kHz, each
// band rising to 1 at its own point and falling to 0 at the neighbours'. A band without a bin takes the nearest one.
class EarBands {
  public:
    EarBands(size_t size, size_t bands, double rate);

    size_t bands() const { return bands_.size(); }
    double centre(size_t band) const { return bands_[band].centre; } // Hz
    FrameTable sums(const FrameTable& power) const;

  private:
    struct Band {
        double centre;
        size_t first;               // bin
        std::vector<float> weights; // from it on
    };
    std::vector<Band> bands_;
};

} // namespace timbrel::audio
