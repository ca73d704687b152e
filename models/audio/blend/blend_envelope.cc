// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/blend/blend_envelope.h"

#include "common/units.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double narrowest_reach = 200; // Hz to either side of a band's centre

// Weight of a uniform distribution added to the amplitudes, so that bands of near silence keep their positions.
constexpr double uniform_weight = 0.3;

using Edges = std::array<double, envelope_bands + 1>;

std::vector<double> band_centres() {
    const double low = hertz_to_erb_number(30), high = hertz_to_erb_number(20000);
    std::vector<double> centres;
    for (size_t i = 0; i < envelope_bands; ++i)
        centres.push_back(erb_number_to_hertz(low + static_cast<double>(i) / (envelope_bands - 1) * (high - low)));
    return centres;
}

// The cumulative distribution of amplitude at the edges of the bands, from 0 to 1.
Edges cumulative_amplitude(const Envelope& envelope) {
    const double top = *std::ranges::max_element(envelope);
    Edges below{};
    for (size_t i = 0; i < envelope_bands; ++i) below[i + 1] = below[i] + db_to_amplitude(envelope[i] - top);
    const double mean = below.back() / envelope_bands;
    for (size_t i = 0; i <= envelope_bands; ++i)
        below[i] =
            (below[i] / mean + uniform_weight * static_cast<double>(i)) / (envelope_bands * (1 + uniform_weight));
    return below;
}

// The level at a position in bands. Band i spans i to i + 1 and has its level at its middle.
double level_at(const Envelope& envelope, double position) {
    const double x = std::clamp(position - 0.5, 0.0, static_cast<double>(envelope_bands - 1));
    const size_t below = std::min(static_cast<size_t>(x), envelope_bands - 2);
    const double fraction = x - static_cast<double>(below);
    return (1 - fraction) * envelope[below] + fraction * envelope[below + 1];
}

} // namespace

EnvelopeBands::EnvelopeBands(size_t size, double rate) {
    const std::vector<double> centres = band_centres();
    const double spacing = rate / static_cast<double>(size);
    const size_t bins = size / 2 + 1;
    for (size_t i = 0; i < envelope_bands; ++i) {
        const double low = centres[i > 0 ? i - 1 : 0], high = centres[std::min(i + 1, envelope_bands - 1)];
        const double reach = std::max((high - low) / 2, narrowest_reach), from = std::max(0.0, centres[i] - reach);
        Band band{static_cast<size_t>(std::ceil(from / spacing)), {}};
        double sum = 0;
        for (size_t bin = band.first_bin; bin < bins && static_cast<double>(bin) * spacing < centres[i] + reach;
             ++bin) {
            const double weight = 1 - std::abs(static_cast<double>(bin) * spacing - centres[i]) / reach;
            band.weights.push_back(static_cast<float>(weight));
            sum += weight;
        }
        for (float& weight : band.weights) weight /= static_cast<float>(sum);
        bands_.push_back(std::move(band));
    }
    for (size_t bin = 0; bin < bins; ++bin) {
        const double hertz = static_cast<double>(bin) * spacing;
        const auto above = std::ranges::upper_bound(centres, hertz) - centres.begin();
        const size_t below = static_cast<size_t>(std::clamp<std::ptrdiff_t>(above - 1, 0, envelope_bands - 2));
        const double fraction = (hertz - centres[below]) / (centres[below + 1] - centres[below]);
        bin_positions_.push_back({below, static_cast<float>(std::clamp(fraction, 0.0, 1.0))});
    }
}

Envelope EnvelopeBands::band_levels(std::span<const float> power) const {
    Envelope levels;
    for (size_t i = 0; i < envelope_bands; ++i) {
        float sum = 1e-16f;
        for (size_t k = 0; k < bands_[i].weights.size(); ++k)
            sum += bands_[i].weights[k] * power[bands_[i].first_bin + k];
        levels[i] = power_to_db(static_cast<double>(sum));
    }
    return levels;
}

void EnvelopeBands::bin_gains(const Envelope& decibels, std::span<float> amplitudes) const {
    std::array<float, envelope_bands> logarithms;
    for (size_t i = 0; i < envelope_bands; ++i)
        logarithms[i] = static_cast<float>(decibels[i] * (std::numbers::ln10 / 20));
    for (size_t bin = 0; bin < amplitudes.size(); ++bin) {
        const auto [lower, upper_weight] = bin_positions_[bin];
        amplitudes[bin] = std::exp((1 - upper_weight) * logarithms[lower] + upper_weight * logarithms[lower + 1]);
    }
}

Envelope interpolate_envelope(const Envelope& a, const Envelope& b, double position) {
    const Edges below_a = cumulative_amplitude(a), below_b = cumulative_amplitude(b);
    Envelope result;
    size_t i = 0, j = 0, band = 0; // current bands of a, b and the result
    double from_a = 0, from_b = 0, from = 0;
    while (band < envelope_bands) {
        // Advance to the next band edge of a or b; up to there corresponding positions are linear in both.
        const bool a_first = j == envelope_bands || (i < envelope_bands && below_a[i + 1] <= below_b[j + 1]);
        double to_a, to_b;
        if (a_first) {
            to_a = static_cast<double>(i + 1);
            const double inside =
                j == envelope_bands ? 0 : (below_a[i + 1] - below_b[j]) / (below_b[j + 1] - below_b[j]);
            to_b = static_cast<double>(j) + std::clamp(inside, 0.0, 1.0);
            ++i;
        } else {
            to_b = static_cast<double>(j + 1);
            const double inside =
                i == envelope_bands ? 0 : (below_b[j + 1] - below_a[i]) / (below_a[i + 1] - below_a[i]);
            to_a = static_cast<double>(i) + std::clamp(inside, 0.0, 1.0);
            ++j;
        }
        const bool last = i == envelope_bands && j == envelope_bands;
        const double to = (1 - position) * to_a + position * to_b;
        for (; band < envelope_bands && (last || static_cast<double>(band) + 0.5 <= to); ++band) {
            const double part = to > from ? std::min(1.0, (static_cast<double>(band) + 0.5 - from) / (to - from)) : 1;
            result[band] = (1 - position) * level_at(a, from_a + part * (to_a - from_a)) +
                           position * level_at(b, from_b + part * (to_b - from_b));
        }
        from_a = to_a, from_b = to_b, from = to;
    }
    return result;
}

} // namespace timbrel::audio
