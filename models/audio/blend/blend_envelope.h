// The coarse shape of a spectrum, which tells vowel from vowel and wood from brass but not one pitch from another, and
// the shapes between two such.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::audio {

inline constexpr size_t envelope_bands = 96; // equally spaced in ERB numbers from 30 Hz to 20 kHz

using Envelope = std::array<double, envelope_bands>; // dB

// Between bins of spectra and bands of envelopes.
class EnvelopeScale {
  public:
    // For spectra of `size` / 2 + 1 bins at `rate` frames per second.
    EnvelopeScale(size_t size, double rate);

    // Mean power around each band's centre. Bands reach 200 Hz to either side at least, so that the partials of a voice
    // do not show and its pitch stays out.
    Envelope levels(std::span<const float> power) const;

    // Decibels at the bands, straight between them, as amplitudes of each bin.
    void gains(const Envelope& decibels, std::span<float> amplitudes) const;

  private:
    struct Band {
        size_t first; // bin
        std::vector<float> weights;
    };
    struct Place {
        size_t below;
        float share; // of the band above
    };
    std::vector<Band> bands_;
    std::vector<Place> places_; // of each bin
};

// The envelope at `share` (0: a, 1: b) of the way. Peaks move: bands of a and b that have the same part of the summed
// amplitude beneath them belong together, meet on the way, and there have the level between theirs in dB. What lies
// between /a/ and /i/ is then another vowel, where averages in dB would have the peaks of both.
//
// Measured on sounds whose middle is known (a voice whose formants lie 15 % lower, higher and between; /a/, /i/ and
// their mean; filtered noise; drums and an electric piano struck softly, hard and between), mean distance in dB:
// crossfade 10.3, dB average 6.8, the network's embedding with residuals 6.9 and without 8.7, this 4.8. The network
// learned notes of instruments; it returns unpitched envelopes 6 dB off and decides nothing better than their average,
// so it has no part here.
Envelope envelope_between(const Envelope& a, const Envelope& b, double share);

} // namespace timbrel::audio
