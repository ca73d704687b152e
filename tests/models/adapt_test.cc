#include "models/bake/baker.h"
#include "models/bake/fine_tune.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;
using namespace timbrel::audio;
using namespace timbrel::models;

BOOST_AUTO_TEST_SUITE(adapting)

// Two presets that training never saw, one note of each.
BOOST_AUTO_TEST_CASE(few_steps_bring_the_network_closer_to_its_corners_and_repeat) {
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
    const auto adapted = [&](int64_t steps) {
        auto network = open_network(TIMBREL_TEST_MODEL, torch::kCPU);
        const auto a = adapt(network, sources, torch::kCPU, in_steps(steps));
        BOOST_TEST(a.steps == steps);
        BOOST_TEST_MESSAGE(steps << " steps: " << a.before << " dB, then " << a.after << " dB");
        return std::pair{a, network};
    };
    const auto [often, network] = adapted(12);
    BOOST_TEST(often.after < .8 * often.before);
    const auto [again, same] = adapted(12);
    const auto a = network->parameters(), b = same->parameters();
    for (size_t i = 0; i < a.size(); ++i) BOOST_TEST(torch::equal(a[i], b[i]));
    const auto [never, untouched] = adapted(0);
    BOOST_TEST(never.after == never.before);
}

BOOST_AUTO_TEST_SUITE_END()
