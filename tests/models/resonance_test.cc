// SPDX-License-Identifier: GPL-3.0-or-later
// A resonance that stands elsewhere at the two ends of a line moves: half way it is between, and as strong. A mean in
// dB has two weak resonances there.
#include "models/bake/baker.h"
#include "models/morph/corner_note.h"
#include "models/morph/oscillator_plan.h"
#include "models/morph/plane_note.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>

#include <array>
#include <functional>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr double f0 = 110, seconds = 2, highest = 12000; // Hz, s, Hz
constexpr double quality = 6;

using Response = std::function<double(double hz)>; // amplitude

// Amplitude of a two-pole band-pass: 1 at `centre`.
double band_pass(double hz, double centre) {
    const double x = hz / centre, width = x / quality;
    return width / std::hypot(1 - x * x, width);
}

// A sawtooth through a filter, both channels alike.
CornerNote filtered_sawtooth(const Response& response) {
    std::vector<double> hz, amplitude;
    for (int k = 1; k * f0 < highest; ++k) {
        hz.push_back(k * f0);
        amplitude.push_back(.02 / k * response(k * f0));
    }
    const auto sound = test::tones(hz, amplitude, seconds + .1);
    return make_corner_note(sound.repeat({2, 1}), f0, f0, int64_t(seconds * frames_per_second), torch::kCPU);
}

struct Peak {
    double hz, db;
};

// The strongest resonance of a rendered cell between `low` and `high` Hz: the partials' levels re those of a sawtooth,
// with a parabola through the strongest and its neighbours.
Peak peak_of(const Tensor& cell, double low, double high) {
    const auto x = cell[0].slice(0, model_rate / 2, model_rate / 2 + model_rate);
    const auto level = [&](int k) { return test::amplitude_db(k * test::amplitude_at(x, k * f0)); };
    int best = int(std::ceil(low / f0));
    for (int k = best; k * f0 <= high; ++k)
        if (level(k) > level(best)) best = k;
    const double before = level(best - 1), at = level(best), after = level(best + 1);
    const double shift = .5 * (before - after) / (before - 2 * at + after);
    return {(best + shift) * f0, at - .25 * (before - after) * shift};
}

// The strongest resonance within a range of Hz at X 0, ½ and 1 of the line between two sounds.
std::array<Peak, 3> peaks_along(const Response& west, const Response& east, double low, double high) {
    const torch::NoGradGuard no_grad;
    const std::vector corners{filtered_sawtooth(west), filtered_sawtooth(east)};
    const auto plan = plan_oscillators({corners}, f0, int64_t(seconds * frames_per_second));
    const PlaneNote note(load_note_model(TIMBREL_TEST_MODEL, torch::kCPU), corners, {f0, 100, 1, 0}, plan, torch::kCPU);
    const auto cells = note.render(torch::tensor({{1.f, 0.f}, {.5f, .5f}, {0.f, 1.f}})).sound;
    std::array<Peak, 3> peaks;
    for (int64_t i = 0; i < 3; ++i) {
        peaks[size_t(i)] = peak_of(cells[i], low, high);
        BOOST_TEST_MESSAGE("X " << .5 * double(i) << ": " << peaks[size_t(i)].hz << " Hz, " << peaks[size_t(i)].db
                                << " dB");
    }
    return peaks;
}

void check_middle(const std::array<Peak, 3>& peaks, double hz) {
    BOOST_TEST(std::abs(peaks[1].hz - hz) < 100);
    BOOST_TEST(std::abs(peaks[1].db - (peaks[0].db + peaks[2].db) / 2) < 3);
}

} // namespace

BOOST_AUTO_TEST_SUITE(resonance)

BOOST_AUTO_TEST_CASE(a_peak_moves) {
    const auto peak = [](double centre) { return [centre](double hz) { return 1 + 10 * band_pass(hz, centre); }; };
    check_middle(peaks_along(peak(900), peak(1800), 500, 3000), 1273);
}

BOOST_AUTO_TEST_CASE(a_band_pass_moves) {
    const auto filter = [](double centre) { return [centre](double hz) { return .01 + 10 * band_pass(hz, centre); }; };
    check_middle(peaks_along(filter(900), filter(1800), 500, 3000), 1273);
}

BOOST_AUTO_TEST_SUITE_END()
