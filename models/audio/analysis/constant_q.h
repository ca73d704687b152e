// SPDX-License-Identifier: GPL-3.0-or-later
// The constant-Q transform (Brown, JASA 1991): bins equally spaced in pitch, each analysed with a window of the same
// number of periods. Each bin is a product with the spectrum of the whole sound, which is exact for any hop.
// Thread: control, worker; every call is independent.
#pragma once

#include <complex>
#include <cstddef>
#include <span>
#include <vector>

namespace timbrel::audio {

struct ConstantQShape {
    double lowest = 65.40639;  // Hz, the first bin: C2
    size_t per_octave = 40;    // bins
    size_t octaves = 6;        // reduced so that no bin passes 0.45 of the sample rate
    size_t hop = 256;          // samples from frame to frame
    double filter_scale = 0.8; // window length, relative to the length that just resolves neighbouring bins
};

struct ConstantQ {
    ConstantQShape shape;
    size_t bins = 0, frames = 0;
    std::vector<std::complex<float>> values; // bins × frames; a sine of amplitude 1 on a bin has magnitude 1 there

    std::span<const std::complex<float>> bin(size_t index) const { return {values.data() + index * frames, frames}; }
    double hertz(size_t index) const;
};

// Frame n is centred on sample n × hop; there are samples / hop + 1 frames. Phases refer to each bin's centre frequency
// and are measured at the frame's centre. `rate` in Hz.
ConstantQ constant_q(std::span<const float> samples, double rate, const ConstantQShape& shape = {});

} // namespace timbrel::audio
