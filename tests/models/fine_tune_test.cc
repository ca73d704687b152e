// SPDX-License-Identifier: GPL-3.0-or-later
// Fine-tuning of the network on the corners of a plane: the effect of a few steps, and repeatability.
#include "models/bake/baker.h"
#include "models/bake/fine_tune.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;

BOOST_AUTO_TEST_SUITE(fine_tuning)

// Two presets outside the training data, one note of each.
BOOST_AUTO_TEST_CASE(few_steps_bring_the_network_closer_to_its_corners_and_are_repeatable) {
    const torch::NoGradGuard no_grad;
    PlaneRecipe recipe;
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    recipe.sources = {font + ":0:16", font + ":0:71"}; // drawbar organ, clarinet
    recipe.down = 1;
    recipe.pitches = {57};
    recipe.velocities = {80};
    recipe.seconds = 1;
    const PlaneSources sources(recipe, torch::kCPU);
    const auto in_steps = [](int64_t steps) { return [steps](int64_t done) { return done >= steps; }; };
    const auto tuned = [&](int64_t steps) {
        auto network = load_network(TIMBREL_TEST_MODEL, torch::kCPU);
        const auto a = fine_tune(network, sources, torch::kCPU, in_steps(steps));
        BOOST_TEST(a.steps == steps);
        BOOST_TEST_MESSAGE(steps << " steps: " << a.deviation_before << " dB, then " << a.deviation_after << " dB");
        return std::pair{a, network};
    };
    const auto [result, network] = tuned(12);
    BOOST_TEST(result.deviation_after < .85 * result.deviation_before);
    const auto [repeated, same] = tuned(12);
    const auto a = network->parameters(), b = same->parameters();
    for (size_t i = 0; i < a.size(); ++i) BOOST_TEST(torch::equal(a[i], b[i]));
    const auto [none, untouched] = tuned(0);
    BOOST_TEST(none.deviation_after == none.deviation_before);
}

BOOST_AUTO_TEST_SUITE_END()
