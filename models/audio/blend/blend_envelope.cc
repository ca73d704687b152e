#include "models/audio/blend/blend_envelope.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace timbrel::audio {
namespace {

constexpr double narrowest = 200; // Hz to either side
constexpr double inertia = 0.3;   // weight of plain width beside amplitude: keeps what is all but silent in its place

using Edges = std::array<double, envelope_bands + 1>;

std::vector<double> band_centres() {
    const auto number = [](double hertz) { return 21.4 * std::log10(1 + 0.00437 * hertz); };
    std::vector<double> centres;
    for (size_t i = 0; i < envelope_bands; ++i) {
        const double share = static_cast<double>(i) / (envelope_bands - 1);
        centres.push_back((std::pow(10, (number(30) + share * (number(20000) - number(30))) / 21.4) - 1) / 0.00437);
    }
    return centres;
}

// The part of all amplitude that lies below each edge of the bands, from 0 to 1.
Edges amplitude_below(const Envelope& envelope) {
    const double top = *std::ranges::max_element(envelope);
    Edges below{};
    for (size_t i = 0; i < envelope_bands; ++i) below[i + 1] = below[i] + std::pow(10, (envelope[i] - top) / 20);
    const double mean = below.back() / envelope_bands;
    for (size_t i = 0; i <= envelope_bands; ++i)
        below[i] = (below[i] / mean + inertia * static_cast<double>(i)) / (envelope_bands * (1 + inertia));
    return below;
}

// At a place in bands: band i spans i to i + 1 and has its level at its middle.
double level_at(const Envelope& envelope, double place) {
    const double x = std::clamp(place - 0.5, 0.0, static_cast<double>(envelope_bands - 1));
    const size_t below = std::min(static_cast<size_t>(x), envelope_bands - 2);
    const double share = x - static_cast<double>(below);
    return (1 - share) * envelope[below] + share * envelope[below + 1];
}

} // namespace

EnvelopeScale::EnvelopeScale(size_t size, double rate) {
    const std::vector<double> centres = band_centres();
    const double spacing = rate / static_cast<double>(size);
    const size_t bins = size / 2 + 1;
    for (size_t i = 0; i < envelope_bands; ++i) {
        const double low = centres[i > 0 ? i - 1 : 0], high = centres[std::min(i + 1, envelope_bands - 1)];
        const double reach = std::max((high - low) / 2, narrowest), from = std::max(0.0, centres[i] - reach);
        Band band{static_cast<size_t>(std::ceil(from / spacing)), {}};
        double sum = 0;
        for (size_t bin = band.first; bin < bins && static_cast<double>(bin) * spacing < centres[i] + reach; ++bin) {
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
        const double share = (hertz - centres[below]) / (centres[below + 1] - centres[below]);
        places_.push_back({below, static_cast<float>(std::clamp(share, 0.0, 1.0))});
    }
}

Envelope EnvelopeScale::levels(std::span<const float> power) const {
    Envelope levels;
    for (size_t i = 0; i < envelope_bands; ++i) {
        float sum = 1e-16f;
        for (size_t k = 0; k < bands_[i].weights.size(); ++k) sum += bands_[i].weights[k] * power[bands_[i].first + k];
        levels[i] = 10 * std::log10(static_cast<double>(sum));
    }
    return levels;
}

void EnvelopeScale::gains(const Envelope& decibels, std::span<float> amplitudes) const {
    std::array<float, envelope_bands> logarithms;
    for (size_t i = 0; i < envelope_bands; ++i)
        logarithms[i] = static_cast<float>(decibels[i] * (std::numbers::ln10 / 20));
    for (size_t bin = 0; bin < amplitudes.size(); ++bin) {
        const auto [below, share] = places_[bin];
        amplitudes[bin] = std::exp((1 - share) * logarithms[below] + share * logarithms[below + 1]);
    }
}

Envelope envelope_between(const Envelope& a, const Envelope& b, double share) {
    const Edges below_a = amplitude_below(a), below_b = amplitude_below(b);
    Envelope between;
    size_t i = 0, j = 0, band = 0; // bands of a and b at hand, and of what is between
    double place_a = 0, place_b = 0, place = 0;
    while (band < envelope_bands) {
        // Up to the next edge of either, places move evenly in both.
        const bool a_first = j == envelope_bands || (i < envelope_bands && below_a[i + 1] <= below_b[j + 1]);
        double next_a, next_b;
        if (a_first) {
            next_a = static_cast<double>(i + 1);
            const double inside =
                j == envelope_bands ? 0 : (below_a[i + 1] - below_b[j]) / (below_b[j + 1] - below_b[j]);
            next_b = static_cast<double>(j) + std::clamp(inside, 0.0, 1.0);
            ++i;
        } else {
            next_b = static_cast<double>(j + 1);
            const double inside =
                i == envelope_bands ? 0 : (below_b[j + 1] - below_a[i]) / (below_a[i + 1] - below_a[i]);
            next_a = static_cast<double>(i) + std::clamp(inside, 0.0, 1.0);
            ++j;
        }
        const bool last = i == envelope_bands && j == envelope_bands;
        const double next = (1 - share) * next_a + share * next_b;
        for (; band < envelope_bands && (last || static_cast<double>(band) + 0.5 <= next); ++band) {
            const double part =
                next > place ? std::min(1.0, (static_cast<double>(band) + 0.5 - place) / (next - place)) : 1;
            between[band] = (1 - share) * level_at(a, place_a + part * (next_a - place_a)) +
                            share * level_at(b, place_b + part * (next_b - place_b));
        }
        place_a = next_a, place_b = next_b, place = next;
    }
    return between;
}

} // namespace timbrel::audio
