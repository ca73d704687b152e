// SPDX-License-Identifier: GPL-3.0-or-later
// Spectral envelopes and interpolation between them. An envelope is the coarse shape of a spectrum, which distinguishes
// vowels or materials but not pitches. Thread: control, worker; const objects may be shared.
#pragma once

#include <array>
#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::audio {

inline constexpr size_t envelope_bands = 96; // equally spaced on the ERB scale from 30 Hz to 20 kHz

using Envelope = std::array<double, envelope_bands>; // dB

// Converts between the bins of a spectrum and the bands of an envelope.
class EnvelopeBands {
  public:
    // For spectra of `size` / 2 + 1 bins at `rate` Hz.
    EnvelopeBands(size_t size, double rate);

    // The mean power around each band's centre, in dB. Bands reach at least 200 Hz to either side, so that the envelope
    // does not follow single partials.
    Envelope band_levels(std::span<const float> power) const;

    // Interpolates dB values of the bands linearly; writes them as amplitude factors, one per bin.
    void bin_gains(const Envelope& decibels, std::span<float> amplitudes) const;

  private:
    struct Band {
        size_t first_bin;
        std::vector<float> weights;
    };
    struct BinPosition {
        size_t lower_band;
        float upper_weight; // weight of the next band
    };
    std::vector<Band> bands_;
    std::vector<BinPosition> bin_positions_;
};

// The envelope at `position` between `a` (0) and `b` (1) by displacement interpolation: amplitude is transported along
// the band axis, so that peaks move instead of fading (one-dimensional optimal transport, as in Henderson and Solomon,
// "Audio Transport", DAFx 2019). Bands with the same fraction of the total amplitude below them correspond; between
// them, band positions and dB levels are interpolated linearly. The result between /a/ and /i/ is another vowel, where
// a dB average would have the peaks of both.
//
// Mean distance in dB from sounds whose middle is known (a voice with formants 15 % lower, higher and between; /a/, /i/
// and their mean; filtered noise; drums and an electric piano at soft, hard and middle velocity): crossfade 10.3, dB
// average 6.8, mixed latents of the network 6.9 with residuals and 8.7 without, this function 4.8. The network was
// trained on instrument notes and is 6 dB off on unpitched envelopes, so it is not used here.
Envelope interpolate_envelope(const Envelope& a, const Envelope& b, double position);

} // namespace timbrel::audio
