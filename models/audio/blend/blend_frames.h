// SPDX-License-Identifier: GPL-3.0-or-later
// Streaming STFT analysis and overlap-add synthesis of stereo sound, for filters that change from frame to frame.
// Thread: control, worker; one thread at a time per object.
#pragma once

#include "models/audio/analysis/fft.h"
#include "models/audio/blend/blend_envelope.h"
#include "models/audio/io/audio_stream.h"

#include <array>
#include <complex>
#include <span>
#include <vector>

namespace timbrel::audio {

// Hann windows of about 21 ms with a hop of a quarter: short enough for drums, long enough for low voices. Each window
// is zero-padded to twice its length, so that filters that ring for 10 ms before and after do not wrap around.
struct StftShape {
    explicit StftShape(double rate) : rate(rate), hop(rate < 64000 ? 256 : 512) {}

    double rate; // Hz
    size_t hop;  // frames
    size_t window() const { return 4 * hop; }
    size_t size() const { return 8 * hop; } // of the FFT
    size_t bins() const { return size() / 2 + 1; }
    double seconds() const { return static_cast<double>(hop) / rate; } // per hop
};

using StereoSpectrum = std::array<std::vector<std::complex<float>>, 2>;

class StftAnalysis {
  public:
    explicit StftAnalysis(const StftShape& shape);

    // Adds one hop of samples and computes the spectrum of a frame. The frame of push n (from 0) is centred on the
    // start of block n - 1.
    void push(std::span<const float> left, std::span<const float> right);

    // Of the last push.
    const StereoSpectrum& spectrum() const { return spectrum_; }
    Envelope envelope() const { return bands_.band_levels(power_); } // of both channels together
    const EnvelopeBands& bands() const { return bands_; }
    // Power of any spectrum, weighted as in ITU-R BS.1770. The scale is arbitrary but constant.
    double loudness(const StereoSpectrum& spectrum) const;

  private:
    EnvelopeBands bands_;
    std::vector<float> window_;         // per sample
    std::vector<float> weight_, power_; // per bin
    std::array<std::vector<float>, 2> input_;
    StereoSpectrum spectrum_;
    RealFft fft_;
};

// Inverse transform with overlap-add. Unmodified spectra give the input again, `delay` pushes later.
class StftSynthesis {
  public:
    static constexpr size_t delay = 5; // block n of the sound is complete after push n + delay

    explicit StftSynthesis(const StftShape& shape);

    // Adds a frame and returns the next hop of sound. The block stays valid until the next call.
    StereoBlock push(const StereoSpectrum& spectrum);

  private:
    size_t hop_;
    std::array<std::vector<float>, 2> sum_, block_;
    RealFft fft_;
};

} // namespace timbrel::audio
