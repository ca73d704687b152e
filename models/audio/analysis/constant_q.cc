// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/constant_q.h"

#include "models/audio/analysis/fft.h"
#include "models/audio/analysis/spectra.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

// Half width of the kept part of a window's spectrum, in multiples of the inverse window length. Beyond it all side
// lobes lie below -100 dB.
constexpr double kept_lobes = 8;

} // namespace

double ConstantQ::hertz(size_t index) const {
    return shape.lowest * std::exp2(static_cast<double>(index) / static_cast<double>(shape.per_octave));
}

ConstantQ constant_q(std::span<const float> samples, double rate, const ConstantQShape& shape) {
    ConstantQ transform{shape, 0, samples.size() / shape.hop + 1, {}};
    while (transform.bins < shape.octaves * shape.per_octave && transform.hertz(transform.bins) < 0.45 * rate)
        ++transform.bins;
    transform.values.resize(transform.bins * transform.frames);

    // Zero-pad the sound so that the longest window does not wrap around from its end to its beginning.
    const double q = shape.filter_scale / (std::exp2(1.0 / static_cast<double>(shape.per_octave)) - 1);
    const double longest = q / shape.lowest * rate / static_cast<double>(shape.hop);
    const size_t padded_frames = fast_fft_size(transform.frames + static_cast<size_t>(std::ceil(longest)) + 1);
    RealFft sound_fft(padded_frames * shape.hop);
    std::ranges::fill(std::ranges::copy(samples, sound_fft.time().begin()).out, sound_fft.time().end(), 0.0f);
    sound_fft.forward();

    ComplexFft bin_fft(padded_frames);
    const double spacing = rate / static_cast<double>(sound_fft.size());
    const double last = static_cast<double>(sound_fft.frequency().size() - 1);
    for (size_t bin = 0; bin < transform.bins; ++bin) {
        const double centre = transform.hertz(bin), window = q / centre; // Hz, seconds
        const size_t from = static_cast<size_t>(std::max(0.0, std::ceil((centre - kept_lobes / window) / spacing)));
        const size_t to = static_cast<size_t>(std::min(last, (centre + kept_lobes / window) / spacing));
        std::ranges::fill(bin_fft.data(), 0.0f);
        // Keeping one value per hop aliases bins that lie `padded_frames` apart onto each other.
        for (size_t i = from; i <= to; ++i)
            bin_fft.data()[i % padded_frames] +=
                sound_fft.frequency()[i] *
                static_cast<float>(hann_spectrum((static_cast<double>(i) * spacing - centre) * window));
        bin_fft.backward();
        const float scale = 2.0f / static_cast<float>(sound_fft.size());
        for (size_t frame = 0; frame < transform.frames; ++frame)
            transform.values[bin * transform.frames + frame] = bin_fft.data()[frame] * scale;
    }
    return transform;
}

} // namespace timbrel::audio
