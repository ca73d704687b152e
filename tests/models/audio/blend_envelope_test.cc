// SPDX-License-Identifier: GPL-3.0-or-later
// Interpolation of the spectral envelopes of blends.
#include "models/audio/blend/blend_envelope.h"
#include "models/audio/blend/blend_frames.h"
#include "models/audio/sources/source.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

namespace timbrel::audio {
namespace {

// A synthetic voice at 110 Hz: pulses through resonances.
Audio vowel(const std::vector<double>& formants) {
    Audio sound{source_rate, std::vector<float>(24000), {}};
    for (size_t i = 0; i < sound.frames(); i += 436) sound.left[i] = 1;
    for (const double hertz : formants) {
        const double radius = std::exp(-std::numbers::pi * 80 / sound.rate);
        const double feedback = 2 * radius * std::cos(2 * std::numbers::pi * hertz / sound.rate);
        double last_but_one = 0, last = 0;
        for (float& sample : sound.left) {
            const double now = (1 - feedback + radius * radius) * static_cast<double>(sample) + feedback * last -
                               radius * radius * last_but_one;
            last_but_one = last;
            last = now;
            sample = static_cast<float>(now);
        }
    }
    sound.right = sound.left;
    return sound;
}

// The spectral envelope at the middle of a sound.
Envelope envelope_of(const Audio& sound) {
    const StftShape shape(sound.rate);
    StftAnalysis analysis(shape);
    for (size_t at = 0; at < sound.frames() / 2; at += shape.hop)
        analysis.push(std::span(sound.left).subspan(at, shape.hop), std::span(sound.right).subspan(at, shape.hop));
    return analysis.envelope();
}

} // namespace

BOOST_AUTO_TEST_SUITE(blend_envelopes)

BOOST_AUTO_TEST_CASE(envelope_peaks_move_instead_of_fading) {
    const auto peak_at = [](double band) {
        Envelope envelope;
        for (size_t i = 0; i < envelope_bands; ++i)
            envelope[i] = std::max(-60.0, -0.5 * std::pow(static_cast<double>(i) - band, 2));
        return envelope;
    };
    const Envelope low = peak_at(30), high = peak_at(60);
    for (const double position : {0.0, 0.25, 0.5, 0.75, 1.0}) {
        const Envelope between = interpolate_envelope(low, high, position);
        const auto top = std::ranges::max_element(between) - between.begin();
        BOOST_TEST(std::abs(static_cast<double>(top) - (30 + 30 * position)) <= 1);
        BOOST_TEST(between[static_cast<size_t>(top)] > -2);
    }
    for (size_t i = 0; i < envelope_bands; ++i) {
        BOOST_TEST(std::abs(interpolate_envelope(low, high, 0)[i] - low[i]) < 1e-9);
        BOOST_TEST(std::abs(interpolate_envelope(low, high, 1)[i] - high[i]) < 1e-9);
        BOOST_TEST(std::abs(interpolate_envelope(low, low, 0.3)[i] - low[i]) < 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(the_envelope_between_two_vowels_is_a_vowel) {
    const Envelope a = envelope_of(vowel({700, 1100, 2500})), i = envelope_of(vowel({300, 2300, 3000})),
                   middle = envelope_of(vowel({460, 1590, 2740})), between = interpolate_envelope(a, i, 0.5);
    const auto distance_from_middle = [&](auto level) {
        const double top = *std::ranges::max_element(middle);
        double squares = 0;
        for (size_t band = 0; band < envelope_bands; ++band)
            squares += std::pow(std::max(level(band), top - 60) - std::max(middle[band], top - 60), 2);
        return std::sqrt(squares / envelope_bands);
    };
    const double transported = distance_from_middle([&](size_t band) { return between[band]; });
    const double averaged = distance_from_middle([&](size_t band) { return (a[band] + i[band]) / 2; });
    BOOST_TEST_MESSAGE("from the true vowel: moved " << transported << " dB, averaged " << averaged << " dB");
    BOOST_TEST(transported < 0.75 * averaged);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
