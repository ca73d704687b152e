// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/fft.h"
#include "models/audio/knobs/body.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <string>

namespace timbrel::audio {
namespace {

// A second of white noise and a second in which filters ring.
Audio noise_and_silence() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0, 0.1f);
    Audio audio{48000, std::vector<float>(96000), {}};
    std::generate_n(audio.left.begin(), 48000, [&] { return normal(random); });
    audio.right = audio.left;
    return audio;
}

std::vector<double> levels(const std::vector<float>& samples) {
    RealFft fft(samples.size());
    std::ranges::copy(samples, fft.time().begin());
    fft.forward();
    std::vector<double> levels;
    for (const std::complex<float>& bin : fft.frequency())
        levels.push_back(20 * std::log10(static_cast<double>(std::abs(bin)) + 1e-9));
    return levels;
}

// The frequency with the highest gain between 50 Hz and 20 kHz, to 0.3 %.
double peak_hz(const Body& body, double setting) {
    double best = 50;
    for (double hz = 50; hz < 20000; hz *= 1.003)
        if (body.gain_db(hz, setting) > body.gain_db(best, setting)) best = hz;
    return best;
}

} // namespace

BOOST_AUTO_TEST_SUITE(knob_bodies)

BOOST_AUTO_TEST_CASE(filtered_noise_has_the_gain_that_the_body_names) {
    const Audio noise = noise_and_silence();
    const std::vector<double> before = levels(noise.left);
    for (const BodyKind kind : body_kinds)
        for (const uint64_t seed : {1u, 2u, 3u, 4u, 5u, 6u}) {
            const Body body(kind, seed % 2 ? 110 : 440, seed);
            const double setting = 0.2 * static_cast<double>(seed) - 0.1;
            const Audio filtered = body.filtered(noise, setting);
            BOOST_REQUIRE_EQUAL(filtered.frames(), noise.frames());
            const std::vector<double> after = levels(filtered.left);
            const double mean = *std::ranges::max_element(before) - 15;
            double worst = 0, worst_hz = 0;
            for (size_t bin = 100; bin < 40000; ++bin) { // 50 Hz to 20 kHz
                if (before[bin] < mean) continue;        // the noise has gaps
                const double hz = static_cast<double>(bin) / 2;
                const double error = std::abs(after[bin] - before[bin] - body.gain_db(hz, setting));
                if (error > worst) {
                    worst = error;
                    worst_hz = hz;
                }
            }
            BOOST_TEST(worst < 0.5, name_of(kind) << " " << seed << ": " << worst << " dB at " << worst_hz << " Hz");
        }
}

BOOST_AUTO_TEST_CASE(a_resonance_half_way_stands_at_the_geometric_mean_of_its_ends) {
    for (const BodyKind kind : {BodyKind::resonance, BodyKind::band_pass})
        for (uint64_t seed = 0; seed < 20; ++seed) {
            const Body body(kind, 220, seed);
            const double expected = std::sqrt(peak_hz(body, 0) * peak_hz(body, 1)), found = peak_hz(body, 0.5);
            BOOST_TEST(std::abs(std::log2(found / expected)) < 0.02,
                       name_of(kind) << " " << seed << ": " << found << " Hz instead of " << expected);
            BOOST_TEST(std::abs(body.gain_db(found, 0.5) - body.gain_db(peak_hz(body, 0), 0)) < 0.1);
        }
}

BOOST_AUTO_TEST_CASE(the_ends_of_a_body_differ_on_audible_partials) {
    for (const BodyKind kind : body_kinds)
        for (const double f0 : {55.0, 220.0, 880.0}) {
            int differing = 0;
            for (uint64_t seed = 0; seed < 20; ++seed) {
                const Body body(kind, f0, seed);
                double squares = 0;
                int partials = 0;
                for (double hz = f0; hz < std::min(30 * f0, 16000.0); hz += f0, ++partials)
                    squares += std::pow(body.gain_db(hz, 1) - body.gain_db(hz, 0), 2);
                differing += std::sqrt(squares / partials) > 1.5;
            }
            BOOST_TEST(differing >= 15, name_of(kind) << " at " << f0 << " Hz: " << differing << " of 20");
        }
}

BOOST_AUTO_TEST_CASE(gains_are_bounded_and_notches_limited) {
    for (const BodyKind kind : body_kinds)
        for (uint64_t seed = 0; seed < 20; ++seed) {
            const Body body(kind, 110, seed);
            const bool comb = kind == BodyKind::pluck_position || kind == BodyKind::pickup_position;
            for (double hz = 0; hz < 24000; hz += 7) {
                BOOST_TEST_REQUIRE(body.gain_db(hz, 0.5) >= (comb ? -30 : -60.01));
                BOOST_TEST_REQUIRE(body.gain_db(hz, 0.5) <= 50);
            }
        }
}

BOOST_AUTO_TEST_CASE(the_same_arguments_make_the_same_body_and_others_another) {
    for (const BodyKind kind : body_kinds) {
        std::set<double> gains;
        for (uint64_t seed = 0; seed < 10; ++seed) {
            BOOST_TEST(Body(kind, 220, seed).gain_db(700, 0.3) == Body(kind, 220, seed).gain_db(700, 0.3));
            gains.insert(Body(kind, 220, seed).gain_db(700, 0.3));
        }
        BOOST_TEST(gains.size() == 10u, name_of(kind));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
