// SPDX-License-Identifier: GPL-3.0-or-later
// Held sounds: what beats, swells or trembles does not die away, what is struck does.
#include "models/spectral/held_decay.h"
#include "models/spectral/loudness.h"
#include "tests/models/test_support.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <numbers>

using namespace timbrel;
using namespace timbrel::models;

namespace {

constexpr double seconds = 6, from = 1.1;

// Two tones `beat` Hz apart that fall by `decay` dB per second: [2, frames].
Tensor beating(double beat, double decay) {
    const auto t = torch::arange(int64_t(seconds * model_rate), torch::kDouble) / model_rate;
    const auto tone =
        torch::sin(2 * std::numbers::pi * 220 * t) + .6 * torch::sin(2 * std::numbers::pi * (220 + beat) * t);
    return (tone * torch::pow(10, t * (-decay / 20)) * .1).to(torch::kFloat).repeat({2, 1});
}

} // namespace

BOOST_AUTO_TEST_SUITE(held_sounds)

BOOST_AUTO_TEST_CASE(beats_are_no_decay) {
    for (const double beat : {.25, .4, .7, 1.3, 5.})
        BOOST_TEST(held_decay(beating(beat, 0), from).value() == 0, "beat of " << beat << " Hz");
}

BOOST_AUTO_TEST_CASE(a_decay_is_found_under_fast_beats) {
    for (const double decay : {2., 8.})
        BOOST_TEST(held_decay(beating(5, decay), from).value() == decay, boost::test_tools::tolerance(.1));
    BOOST_TEST(held_decay(beating(5, 30), .5).value() == 30, boost::test_tools::tolerance(.1));
}

// Between two loud moments of a slow beat the sound rises, but these fall.
BOOST_AUTO_TEST_CASE(a_decay_is_found_under_slow_beats) {
    for (const double beat : {.4, .7, 1.3})
        BOOST_TEST(held_decay(beating(beat, 8), from).value() == 8, boost::test_tools::tolerance(.25));
}

// A choir beats as it fades: a dip or a swell at its start says nothing about its length.
BOOST_AUTO_TEST_CASE(a_release_keeps_its_length_under_beats) {
    for (const double beat : {3., 5., 7.})
        for (const double release : {.5, .95, 1.6})
            for (double phase = 0; phase < 6; ++phase) {
                NoteSpectrum s;
                s.f0 = 220;
                s.partials = harmonic_table(220);
                s.noise = torch::zeros({int64_t(2.8 * frames_per_second), 2, noise_bands});
                s.partial = torch::zeros({s.noise.size(0), 2, s.partials.size()});
                for (int64_t frame = 0; frame < s.partial.size(0); ++frame) {
                    const double t = double(frame) / frames_per_second, after = std::max(0., t - 2);
                    s.partial.slice(0, frame, frame + 1).slice(2, 0, 1) =
                        .1 * (1 + .5 * std::sin(2 * std::numbers::pi * beat * t + phase)) *
                        std::pow(10, -3 * after / release);
                }
                BOOST_TEST(release_time(s, 2) == release, boost::test_tools::tolerance(.2));
            }
}

BOOST_AUTO_TEST_CASE(what_is_silent_by_then_has_no_known_decay) {
    BOOST_TEST(!held_decay(beating(5, 120), from));
    BOOST_TEST(!held_decay(torch::zeros({2, 1000}), from));
}

BOOST_AUTO_TEST_CASE(one_key_alone_does_not_die_away) {
    const auto agreed = agreed_decays({0., 8.9, 0., 6., 7., 5., std::nullopt, 4.});
    BOOST_TEST(agreed[1].value() == 0);
    BOOST_TEST(agreed[4].value() == 6);
    BOOST_TEST(!agreed[6]);
    BOOST_TEST(agreed[7].value() == 4);
}

BOOST_AUTO_TEST_SUITE_END()
