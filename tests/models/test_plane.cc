// A plane under the finger, its corners four instruments that training never saw: along straight ways loudness,
// brightness, attack and decay go from one end's to the other's, in steps that are alike.
#include "models/bake.h"
#include "models/judge_ways.h"

#include <boost/test/unit_test.hpp>

using namespace timbrel;

namespace {

const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";

PlaneRecipe square() {
    PlaneRecipe recipe;
    recipe.sources = {font + ":0:71", font + ":0:48", font + ":0:24",
                      font + ":0:12"}; // clarinet strings guitar marimba
    recipe.pitches = {48, 60, 72};
    recipe.velocities = {100};
    recipe.model = TIMBREL_TEST_MODEL;
    return recipe;
}

} // namespace

BOOST_AUTO_TEST_SUITE(plane)

BOOST_AUTO_TEST_CASE(straight_ways_are_even) {
    const torch::NoGradGuard no_grad;
    const auto recipe = square();
    const PlaneSources sources(recipe, torch::kCPU);
    const auto network = open_network(recipe.model, torch::kCPU);
    for (size_t p = 0; p < recipe.pitches.size(); ++p) {
        const auto plan = sources.plan(p);
        const PlaneNote note(network, sources.corners(p)[0], sources.setting(p, 0), plan, torch::kCPU);
        const auto ways = judge_ways(recipe, note, plan.loop);
        BOOST_TEST(ways.size() == 7u);
        for (const WayTruth& way : ways) BOOST_TEST_CONTEXT("key " << recipe.pitches[p] << ", " << way.name) {
                BOOST_TEST_MESSAGE("key " << recipe.pitches[p] << ", " << way.name << ": loudness off the line by "
                                          << way.uneven << " dB, largest step " << way.largest_step
                                          << " of the mean; back by " << way.brightness_back << " ERB, "
                                          << 100 * way.attack_back << " % of attack, " << way.decay_back
                                          << " dB of decay");
                BOOST_TEST(way.uneven < 1.5);
                BOOST_TEST(way.largest_step < 2.5);
                if (!way.edge) continue; // the other corners have their say
                BOOST_TEST(way.brightness_back < 1.25);
                BOOST_TEST(way.attack_back < .4);
                BOOST_TEST(way.decay_back < 1);
            }
    }
}

BOOST_AUTO_TEST_SUITE_END()
