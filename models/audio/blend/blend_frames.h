// A stereo sound as overlapping spectra, and back: what a filter that changes from frame to frame works on. One thread
// at a time.
#pragma once

#include "models/audio/analysis/fft.h"
#include "models/audio/blend/blend_envelope.h"
#include "models/audio/io/audio_stream.h"

#include <array>
#include <complex>
#include <span>
#include <vector>

namespace timbrel::audio {

// Windows of about 21 ms, a quarter apart: short enough for a drum, long enough for a deep voice. As much silence is
// transformed with them, so that a filter that rings for 10 ms before and after does not wrap around.
struct FrameShape {
    explicit FrameShape(double rate) : rate(rate), hop(rate < 64000 ? 256 : 512) {}

    double rate;
    size_t hop; // frames
    size_t window() const { return 4 * hop; }
    size_t size() const { return 8 * hop; }
    size_t bins() const { return size() / 2 + 1; }
    double seconds() const { return static_cast<double>(hop) / rate; } // from frame to frame
};

using StereoSpectrum = std::array<std::vector<std::complex<float>>, 2>;

// Pushes of one hop each; push number n gives the frame whose centre is the start of block n − 1.
class FrameAnalysis {
  public:
    explicit FrameAnalysis(const FrameShape& shape);

    void push(std::span<const float> left, std::span<const float> right);

    const StereoSpectrum& spectrum() const { return spectrum_; }
    Envelope levels() const { return scale_.levels(power_); } // of both channels together
    const EnvelopeScale& scale() const { return scale_; }
    // Power after the weighting of ITU-R BS.1770, to no particular scale.
    double loudness(const StereoSpectrum& spectrum) const;

  private:
    EnvelopeScale scale_;
    std::vector<float> window_, weight_, power_; // of samples; of bins
    std::array<std::vector<float>, 2> heard_;    // the window's samples
    StereoSpectrum spectrum_;
    RealFft fft_;
};

// Adds up frames; each gives a hop of sound. The sum of unchanged frames is the sound itself, `delay` pushes later.
class FrameSynthesis {
  public:
    static constexpr size_t delay = 5; // block n of the sound is complete with push number n + delay

    explicit FrameSynthesis(const FrameShape& shape);

    // The block stays valid until the next call.
    StereoBlock push(const StereoSpectrum& spectrum);

  private:
    size_t hop_;
    std::array<std::vector<float>, 2> sum_, block_;
    RealFft fft_;
};

} // namespace timbrel::audio
