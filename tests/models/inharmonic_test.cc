// SPDX-License-Identifier: GPL-3.0-or-later
// Free partials: of bells with known modes, of none in harmonic sounds, and between corners.
#include "common/units.h"
#include "models/analysis/analysis.h"
#include "models/evaluation/corners/inharmonic.h"
#include "models/morph/plane_note.h"
#include "models/synthesis/additive_synthesis.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace timbrel;
using namespace timbrel::models;
using namespace timbrel::test;

namespace {

struct Mode {
    double ratio, amplitude, fall; // of f0; at the hit; dB per second
};

constexpr double f0 = 261.63, seconds = 2.6;
constexpr double hiss = 1e-5; // amplitude per √Hz

// A church bell, its strike note at f0.
const std::vector<Mode> bell{{.5, .1, 4},      {1, .08, 6},      {1.183, .1, 7},   {1.506, .04, 9},  {2, .09, 10},
                             {2.514, .04, 14}, {2.662, .03, 15}, {3.011, .05, 18}, {4.166, .03, 24}, {5.433, .02, 30}};

Tensor times() { return torch::arange(int64_t(seconds * model_rate), torch::kDouble) / double(model_rate); }

// Both channels, the left one ahead by 0.4 radians.
Tensor struck(const std::vector<Mode>& modes) {
    const auto t = times();
    auto x = torch::zeros({2, t.size(0)}, torch::kDouble);
    for (const auto& m : modes) {
        const auto level = m.amplitude * torch::pow(10, t * (-m.fall / 20)),
                   angle = t * (2 * std::numbers::pi * m.ratio * f0);
        x[0] += level * torch::cos(angle + m.ratio + .2);
        x[1] += level * torch::cos(angle + m.ratio - .2);
    }
    return (x + hiss * std::sqrt(model_rate / 2.) * white_noise(t.size(0), 5)).to(torch::kFloat);
}

// A blown tone with vibrato and breath.
Tensor blown(double vibrato_cents) {
    const auto t = times(), deviation = (vibrato_cents / 100) * torch::sin(t * (2 * std::numbers::pi * 5));
    const auto phase = torch::cumsum(torch::pow(2, deviation / 12) * (f0 / model_rate), 0) * (2 * std::numbers::pi);
    auto x = torch::zeros_like(t);
    for (int n = 1; n < 30; ++n) x += .2 / n * torch::cos(phase * n + double(n * n));
    return (x + 3e-5 * std::sqrt(model_rate / 2.) * white_noise(t.size(0), 6)).to(torch::kFloat);
}

int nearest_partial(const PartialTable& table, double ratio) {
    int best = 0;
    for (int k = 1; k < table.size(); ++k)
        if (table.active[size_t(k)] &&
            std::abs(table.ratio[size_t(k)] - ratio) < std::abs(table.ratio[size_t(best)] - ratio))
            best = k;
    return best;
}

double level_at(const NoteSpectrum& s, int partial, double from, double to) {
    const auto part =
        s.partial.slice(0, int64_t(from * frames_per_second), int64_t(to * frames_per_second)).select(2, partial);
    return amplitude_db(torch::exp(torch::log(part + 1e-12).mean()).item<double>());
}

} // namespace

BOOST_AUTO_TEST_SUITE(inharmonic)

BOOST_AUTO_TEST_CASE(the_partials_of_a_bell_are_found) {
    const torch::NoGradGuard no_grad;
    const auto s = analyse(struck(bell), f0, torch::kCPU).spectrum;
    BOOST_TEST(s.partials.free > 0);
    BOOST_TEST(std::ranges::count(s.partials.active, true) == int64_t(bell.size()));
    for (const auto& m : bell) {
        const int k = nearest_partial(s.partials, m.ratio * f0 / s.f0);
        const double early = level_at(s, k, .3, .5), late = level_at(s, k, 1, 1.2);
        BOOST_TEST_CONTEXT("partial " << m.ratio) {
            BOOST_TEST(std::abs(ratio_to_cents(s.partials.ratio[size_t(k)] * s.f0 / (m.ratio * f0))) < 1);
            BOOST_TEST(std::abs(early - amplitude_db(m.amplitude) + .4 * m.fall) < 1);
            BOOST_TEST(std::abs((early - late) / .7 / m.fall - 1) < .1);
            BOOST_TEST(std::abs(s.channel_phase[k].item<double>() - .4) < .05);
        }
    }
}

// Noise of an even spectrum as in a good recording.
BOOST_AUTO_TEST_CASE(the_floor_between_the_partials_of_a_bell_stays) {
    const torch::NoGradGuard no_grad;
    const auto s = analyse(struck(bell), f0, torch::kCPU).spectrum;
    const auto level = 20 * torch::log10(s.noise.slice(0, 100, 400).square().mean(at::IntArrayRef{0, 1}).sqrt());
    for (int b = 0; b < noise_bands; ++b)
        if (const double hz = noise_band_centres()[size_t(b)]; hz > 200 && hz < 10000)
            BOOST_TEST(std::abs(level[b].item<double>() - amplitude_db(hiss)) < 3,
                       hz << " Hz: " << level[b].item<double>());
}

BOOST_AUTO_TEST_CASE(harmonic_sounds_have_no_free_partials) {
    const torch::NoGradGuard no_grad;
    for (const double vibrato : {0., 30., 80.})
        BOOST_TEST(analyse(blown(vibrato), f0, torch::kCPU).spectrum.partials.free == 0, vibrato << " cents");
    auto detuned = torch::zeros({2, times().size(0)});
    std::vector<double> hz, amplitude;
    for (int n = 1; n < 40; ++n)
        for (const double cents : {-12., -5., 0., 4., 11.})
            hz.push_back(n * f0 * cents_to_ratio(cents)), amplitude.push_back(.05 / n);
    BOOST_TEST(analyse(tones(hz, amplitude, seconds).repeat({2, 1}), f0, torch::kCPU).spectrum.partials.free == 0);
    hz.clear(), amplitude.clear();
    for (int n = 1; n < 40; ++n) hz.push_back(n * f0 * std::sqrt(1 + 4e-4 * n * n)), amplitude.push_back(.1 / n);
    BOOST_TEST(analyse(tones(hz, amplitude, seconds).repeat({2, 1}), f0, torch::kCPU).spectrum.partials.free == 0);
}

BOOST_AUTO_TEST_CASE(a_bell_remains_a_bell_half_way_to_a_flute) {
    const torch::NoGradGuard no_grad;
    const auto hops = int64_t(2 * frames_per_second);
    std::vector<std::vector<CornerNote>> corners{{make_corner_note(struck(bell), f0, f0, hops, torch::kCPU),
                                                  make_corner_note(blown(0), f0, f0, hops, torch::kCPU)}};
    align_free_partials(corners);
    const auto plan = plan_oscillators(corners, f0, hops);
    const PlaneNote note(nullptr, corners[0], {f0, 100, 0, 0}, plan, torch::kCPU);
    const auto east = torch::tensor({0.f, .25f, .5f, .5625f, .625f, 1.f});
    const auto cells = note.render(torch::stack({1 - east, east}, 1)).sound;
    const auto partial = [&](int64_t cell, double ratio) {
        return amplitude_db(amplitude_at(cells[cell][0].slice(0, model_rate / 4, model_rate * 3 / 4), ratio * f0));
    };
    for (const double ratio : {1.183, 1.506, 2.514}) {
        BOOST_TEST_CONTEXT("partial " << ratio) {
            BOOST_TEST(partial(0, ratio) - partial(1, ratio) > 0);
            BOOST_TEST(partial(1, ratio) - partial(2, ratio) > 0);
            BOOST_TEST(partial(0, ratio) - partial(2, ratio) < 9);
            BOOST_TEST(partial(0, ratio) - partial(5, ratio) > 40);
        }
    }
    // A voice crossfades cells: the cell between two equals their mean, but for what is not linear in level.
    BOOST_TEST(difference_db(cells[3], (cells[2] + cells[4]) / 2) < -20);
}

BOOST_AUTO_TEST_CASE(a_partial_that_two_bells_share_is_one_oscillator) {
    const torch::NoGradGuard no_grad;
    const auto hops = int64_t(2 * frames_per_second);
    std::vector<Mode> other{{.5, .1, 5}, {1, .1, 5}, {1.184, .08, 6}, {1.6, .06, 8}, {2, .05, 8}, {2.8, .04, 12}};
    std::vector<std::vector<CornerNote>> corners{{make_corner_note(struck(bell), f0, f0, hops, torch::kCPU),
                                                  make_corner_note(struck(other), f0, f0, hops, torch::kCPU)}};
    align_free_partials(corners);
    BOOST_TEST(corners[0][0].spectrum.partials.size() == corners[0][1].spectrum.partials.size());
    const auto plan = plan_oscillators(corners, f0, hops);
    const auto near = [&](double ratio) {
        return std::ranges::count_if(plan.hz,
                                     [&](double hz) { return std::abs(ratio_to_cents(hz / (ratio * f0))) < 15; });
    };
    BOOST_TEST(near(1.1835) == 1);
    BOOST_TEST(near(1.6) == 1);
    BOOST_TEST(near(1.506) == 1);
}

BOOST_AUTO_TEST_CASE(corners_of_bars_are_evaluated) {
    const auto chimes = audio::open_source("/usr/share/sounds/sf2/FluidR3_GM.sf2:0:11");
    const auto notes =
        evaluate_inharmonic_source(audio::open_source("/usr/share/sounds/sf2/FluidR3_GM.sf2:0:11"), torch::kCPU);
    BOOST_TEST(notes.size() == 2u);
    for (const auto& note : notes) BOOST_TEST(note["elsd"].get<double>() < 3, note.dump());
}

BOOST_AUTO_TEST_SUITE_END()
