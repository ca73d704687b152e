// SPDX-License-Identifier: GPL-3.0-or-later
// Analysis and synthesis of sounds with known parameters.
#include "models/analysis/analysis.h"
#include "models/analysis/partials.h"
#include "models/network/note_features.h"
#include "models/synthesis/additive_synthesis.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;
using namespace timbrel::models;
using namespace timbrel::test;

namespace {

// A steady spectrum at f0 with amplitudes 1/n and flat noise, one second long.
NoteSpectrum steady(double f0, double noise_density) {
    NoteSpectrum s;
    s.f0 = f0;
    s.partials = harmonic_table(f0);
    const int64_t frames = 189;
    auto a = torch::zeros({s.partials.size()});
    for (int n = 0; n < s.partials.slots(); ++n) a[n] = .3 / (n + 1);
    s.partial = a.view({1, 1, -1}).expand({frames, 2, -1}).clone();
    s.noise = torch::full({frames, 2, noise_bands}, noise_density);
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spectrum)

BOOST_AUTO_TEST_CASE(synthesis_renders_each_partial_at_its_level) {
    const auto y = synthesise(steady(220.5, 1e-9))[0].slice(0, 4800, 38400);
    for (int n : {1, 2, 7, 20, 60}) BOOST_TEST(std::abs(amplitude_db(amplitude_at(y, 220.5 * n) / (.3 / n))) < .05);
    BOOST_TEST(amplitude_db(amplitude_at(y, 220.5 * 1.5) / .3) < -90);
}

BOOST_AUTO_TEST_CASE(synthesis_renders_noise_at_its_density) {
    auto s = steady(220, 1e-4);
    s.partial.zero_();
    const auto y = synthesise(s);
    const double expected = 1e-4 * std::sqrt(24000.);
    BOOST_TEST(std::abs(amplitude_db(y.square().mean().sqrt().item<double>() / expected)) < .7);
}

BOOST_AUTO_TEST_CASE(a_crossfade_of_two_renderings_equals_the_rendering_between) {
    auto a = steady(220, 1e-4), b = steady(220, 1e-4), middle = steady(220, 1e-4);
    b.partial *= torch::linspace(2, .1, b.partials.size());
    middle.partial = (a.partial + b.partial) / 2;
    BOOST_TEST(difference_db(synthesise(middle), (synthesise(a) + synthesise(b)) / 2) < -100);
    BOOST_TEST(difference_db(synthesise(middle, 1), (synthesise(a, 1) + synthesise(b, 2)) / 2) > -10);
}

// As recorded with two microphones: partials with a phase of their own between the channels, and one whose phase turns.
BOOST_AUTO_TEST_CASE(the_correlation_of_the_channels_survives_analysis_and_synthesis) {
    constexpr double f0 = 196, seconds = 2;
    const std::vector<double> phase{.5, -2, 3, 0, 1.2}; // of the left channel less the right one's
    const auto t = torch::arange(int64_t(seconds * model_rate), torch::kDouble) / double(model_rate);
    const auto partial = [&](int n, double start, double turns) {
        return .2 / n * torch::cos(t * (2 * std::numbers::pi * (n * f0 + turns)) + start);
    };
    auto left = partial(6, 0, 1), right = partial(6, 0, 0); // one turn a second: uncorrelated
    for (size_t i = 0; i < phase.size(); ++i) {
        const int n = int(i) + 1;
        left += partial(n, n + phase[i] / 2, 0);
        right += partial(n, n - phase[i] / 2, 0);
    }
    const auto found = analyse(torch::stack({left, right}).to(torch::kFloat), f0, torch::kCPU).spectrum;
    for (size_t i = 0; i < phase.size(); ++i)
        BOOST_TEST(std::abs(found.channel_phase[int64_t(i)].item<double>() - phase[i]) < .03);
    const auto correlation = [&](const Tensor& stereo, double hz) {
        const auto x = stereo.slice(1, 4800, 4800 + model_rate).to(torch::kDouble);
        const auto angle = t.slice(0, 0, model_rate) * (2 * std::numbers::pi * hz);
        const auto window = torch::hann_window(model_rate, true, torch::kDouble);
        const auto re = (x * window * torch::cos(angle)).sum(1), im = (x * window * torch::sin(angle)).sum(1);
        return ((re[0] * re[1] + im[0] * im[1]) /
                ((re[0].square() + im[0].square()) * (re[1].square() + im[1].square())).sqrt())
            .item<double>();
    };
    const auto rendered = synthesise(found);
    for (size_t i = 0; i < phase.size(); ++i)
        BOOST_TEST(std::abs(correlation(rendered, double(i + 1) * found.f0) - std::cos(phase[i])) < .05);
    BOOST_TEST(std::abs(correlation(rendered, 6 * found.f0)) < .15);
}

BOOST_AUTO_TEST_CASE(analysis_inverts_synthesis) {
    const auto given = steady(196, 3e-4);
    const auto found = analyse(synthesise(given), 198, torch::kCPU).spectrum;
    BOOST_TEST(std::abs(1200 * std::log2(found.f0 / 196)) < 1.5);
    const auto a = found.partial.slice(0, 40, 150).mean(0)[0];
    for (int n : {1, 2, 3, 8, 16}) BOOST_TEST(std::abs(amplitude_db(a[n - 1].item<double>() / (.3 / n))) < .5);
    const auto z = found.noise.slice(0, 40, 150).square().mean(0).sqrt()[0];
    for (int band : {30, 50, 70, 90}) BOOST_TEST(std::abs(amplitude_db(z[band].item<double>() / 3e-4)) < 2);
}

BOOST_AUTO_TEST_CASE(analysis_removes_vibrato) {
    const double f0 = 440, depth = .02; // ±2 %: a third of a semitone
    const auto t = torch::arange(model_rate * 2, torch::kDouble) / double(model_rate);
    const auto phase = 2 * std::numbers::pi * f0 *
                       (t - depth / (2 * std::numbers::pi * 5) * torch::cos(t * (2 * std::numbers::pi * 5)));
    auto x = torch::zeros_like(t);
    for (int n = 1; n <= 12; ++n) x += .2 / n * torch::cos(phase * n);
    const auto stereo = x.to(torch::kFloat).unsqueeze(0).expand({2, -1}).contiguous();
    const auto s = analyse(stereo, f0, torch::kCPU).spectrum;
    const auto y = synthesise(s)[0].slice(0, 24000, 72000);
    for (int n : {1, 4, 10})
        BOOST_TEST(std::abs(amplitude_db(amplitude_at(y, s.f0 * s.partials.ratio[n - 1]) / (.2 / n))) < 1);
}

BOOST_AUTO_TEST_CASE(stretched_partials_of_a_stiff_string_are_found) {
    const double f0 = 110, stiffness = 4e-4;
    std::vector<double> hz, amplitude;
    for (int n = 1; n <= 30; ++n) {
        hz.push_back(n * f0 * std::sqrt(1 + stiffness * n * n));
        amplitude.push_back(.2 / n);
    }
    const auto table = find_partials(tones(hz, amplitude, 3) + white_noise(3 * model_rate, 5)[0] * 1e-5, f0);
    for (int n : {10, 20, 30}) BOOST_TEST(std::abs(1200 * std::log2(table.ratio[n - 1] * f0 / hz[n - 1])) < 12);
}

BOOST_AUTO_TEST_CASE(partials_below_the_fundamental_are_found) {
    const auto x =
        tones({55, 110, 165, 220, 440, 660}, {.2, .2, .02, .2, .1, .05}, 3) + white_noise(3 * model_rate, 5)[0] * 1e-6;
    const auto table = find_partials(x, 220);
    BOOST_TEST(table.ratio[table.slots()] == .25);
    for (int k : {0, 1, 2}) BOOST_TEST(table.active[table.slots() + k]);
    BOOST_TEST(std::abs(table.ratio[0] - 1) < 1e-3);
}

BOOST_AUTO_TEST_CASE(conversion_to_features_and_back_keeps_levels) {
    const auto s = steady(131, 1e-5);
    const auto f = extract_features(s);
    const auto restored = features_to_spectrum(f.db, f, s.partials, s.f0);
    for (int n : {1, 5, 30})
        BOOST_TEST(std::abs(amplitude_db(restored.partial[90][0][n - 1].item<double>() / (.3 / n))) < .5);
    BOOST_TEST(std::abs(amplitude_db(restored.noise[90][1][60].item<double>() / 1e-5)) < .5);
}

BOOST_AUTO_TEST_SUITE_END()
