// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/spectra.h"

#include "common/units.h"
#include "models/audio/analysis/fft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {

FrameTable power_spectra(std::span<const float> samples, size_t size, size_t hop) {
    RealFft fft(size);
    std::vector<float> window(size);
    for (size_t i = 0; i < size; ++i)
        window[i] = static_cast<float>(
            0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size)));

    FrameTable table{samples.size() / hop + 1, size / 2 + 1, {}};
    table.values.resize(table.frames * table.columns);
    const auto half = static_cast<std::ptrdiff_t>(size / 2), end = static_cast<std::ptrdiff_t>(samples.size());
    for (size_t frame = 0; frame < table.frames; ++frame) {
        const std::ptrdiff_t start = static_cast<std::ptrdiff_t>(frame * hop) - half;
        const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, start), to = std::min(end, start + 2 * half);
        const std::span<float> time = fft.time();
        std::fill(time.begin(), time.begin() + std::max<std::ptrdiff_t>(0, from - start), 0.0f);
        for (std::ptrdiff_t i = from; i < to; ++i)
            time[static_cast<size_t>(i - start)] =
                samples[static_cast<size_t>(i)] * window[static_cast<size_t>(i - start)];
        std::fill(time.begin() + std::max(to, from) - start, time.end(), 0.0f);
        fft.forward();
        const std::span<float> row = table.row(frame);
        const std::complex<float>* bins = fft.frequency().data();
        for (size_t bin = 0; bin < row.size(); ++bin)
            row[bin] = bins[bin].real() * bins[bin].real() + bins[bin].imag() * bins[bin].imag();
    }
    return table;
}

double hann_spectrum(double frequency) {
    if (std::abs(frequency) < 1e-6) return 1;
    if (std::abs(std::abs(frequency) - 1) < 1e-6) return 0.5;
    const double angle = std::numbers::pi * frequency;
    return std::sin(angle) / angle / (1 - frequency * frequency);
}

ErbBands::ErbBands(size_t size, size_t bands, double rate) {
    const double first = hertz_to_erb_number(20), last = hertz_to_erb_number(20000);
    const auto point = [&](size_t i) {
        return erb_number_to_hertz(first + static_cast<double>(i) / static_cast<double>(bands + 1) * (last - first));
    };
    const double spacing = rate / static_cast<double>(size);
    for (size_t i = 0; i < bands; ++i) {
        const double low = point(i), centre = point(i + 1), high = point(i + 2);
        Band band{centre, static_cast<size_t>(std::ceil(low / spacing)), {}};
        for (size_t bin = band.first_bin; bin <= size / 2 && static_cast<double>(bin) * spacing < high; ++bin) {
            const double hertz = static_cast<double>(bin) * spacing;
            band.weights.push_back(static_cast<float>(
                std::max(0.0, std::min((hertz - low) / (centre - low), (high - hertz) / (high - centre)))));
        }
        if (std::ranges::all_of(band.weights, [](float weight) { return weight == 0; }))
            band = {centre, std::min(size / 2, static_cast<size_t>(std::lround(centre / spacing))), {1.0f}};
        bands_.push_back(std::move(band));
    }
}

FrameTable ErbBands::sums(const FrameTable& power) const {
    FrameTable out{power.frames, bands_.size(), {}};
    out.values.resize(out.frames * out.columns);
    for (size_t frame = 0; frame < power.frames; ++frame) {
        const std::span<const float> bins = power.row(frame);
        for (size_t i = 0; i < bands_.size(); ++i) {
            const Band& band = bands_[i];
            float sum = 0;
            for (size_t k = 0; k < band.weights.size(); ++k) sum += band.weights[k] * bins[band.first_bin + k];
            out.row(frame)[i] = sum;
        }
    }
    return out;
}

} // namespace timbrel::audio
