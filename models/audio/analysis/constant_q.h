// The constant-Q transform (Brown, JASA 1991): bins equally spaced in pitch, each heard through a window as many
// periods long as every other. Computed per bin as a product with the whole sound's spectrum, which is exact for any
// hop.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::audio {

struct ConstantQShape {
    double lowest = 65.40639;  // Hz, the first bin: C2
    size_t per_octave = 40;    // bins
    size_t octaves = 6;        // fewer where they would pass 0.45 of the rate
    size_t hop = 256;          // samples from frame to frame
    double filter_scale = 0.8; // window length over that which just tells neighbouring bins apart
};

struct ConstantQ {
    ConstantQShape shape;
    size_t bins = 0, frames = 0;
    std::vector<std::complex<float>> values; // bins × frames; a sine of amplitude 1 on a bin has magnitude 1 there

    std::span<const std::complex<float>> bin(size_t index) const { return {values.data() + index * frames, frames}; }
    double hertz(size_t index) const;
};

// Frame n is centred on sample n × hop; there are samples / hop + 1 of them. Phases are those of the bins' own
// frequencies, counted from the frame's centre.
ConstantQ constant_q(std::span<const float> samples, double rate, const ConstantQShape& shape = {});

} // namespace timbrel::audio
