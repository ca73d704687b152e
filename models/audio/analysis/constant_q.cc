#include "models/audio/analysis/constant_q.h"

#include "models/audio/analysis/fft.h"
#include "models/audio/analysis/spectra.h"

#include <algorithm>
#include <cmath>

namespace timbrel::audio {
namespace {

constexpr double reach =
    8; // side lobes of the window's spectrum that are kept on either side, of ever less than -100 dB

} // namespace

double ConstantQ::hertz(size_t index) const {
    return shape.lowest * std::exp2(static_cast<double>(index) / static_cast<double>(shape.per_octave));
}

ConstantQ constant_q(std::span<const float> samples, double rate, const ConstantQShape& shape) {
    ConstantQ transform{shape, 0, samples.size() / shape.hop + 1, {}};
    while (transform.bins < shape.octaves * shape.per_octave && transform.hertz(transform.bins) < 0.45 * rate)
        ++transform.bins;
    transform.values.resize(transform.bins * transform.frames);

    // Enough silence after the sound that the longest window does not reach round from its end to its beginning.
    const double q = shape.filter_scale / (std::exp2(1.0 / static_cast<double>(shape.per_octave)) - 1);
    const double longest = q / shape.lowest * rate / static_cast<double>(shape.hop);
    const size_t turns = fast_fft_size(transform.frames + static_cast<size_t>(std::ceil(longest)) + 1);
    RealFft whole(turns * shape.hop);
    std::ranges::fill(std::ranges::copy(samples, whole.time().begin()).out, whole.time().end(), 0.0f);
    whole.forward();

    ComplexFft folded(turns);
    const double spacing = rate / static_cast<double>(whole.size());
    const double last = static_cast<double>(whole.frequency().size() - 1);
    for (size_t bin = 0; bin < transform.bins; ++bin) {
        const double centre = transform.hertz(bin), window = q / centre; // Hz, seconds
        const size_t from = static_cast<size_t>(std::max(0.0, std::ceil((centre - reach / window) / spacing)));
        const size_t to = static_cast<size_t>(std::min(last, (centre + reach / window) / spacing));
        std::ranges::fill(folded.data(), 0.0f);
        // One value a hop is kept, so bins that lie `turns` apart fall together.
        for (size_t i = from; i <= to; ++i)
            folded.data()[i % turns] +=
                whole.frequency()[i] *
                static_cast<float>(hann_spectrum((static_cast<double>(i) * spacing - centre) * window));
        folded.backward();
        const float scale = 2.0f / static_cast<float>(whole.size());
        for (size_t frame = 0; frame < transform.frames; ++frame)
            transform.values[bin * transform.frames + frame] = folded.data()[frame] * scale;
    }
    return transform;
}

} // namespace timbrel::audio
