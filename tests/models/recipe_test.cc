// SPDX-License-Identifier: GPL-3.0-or-later
// The recipe: the shipped file is complete, and faulty files are refused by key.
#include "models/recipe/recipe.h"

#include "common/error.h"
#include "tests/common/temporary_folder.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <utility>

using namespace timbrel;
using namespace timbrel::models;
using nlohmann::json;

namespace {

json shipped() {
    std::ifstream in(TIMBREL_TEST_RECIPE);
    return json::parse(in);
}

// A recipe file with this content, loaded.
Recipe loaded_recipe(const json& recipe) {
    const test::TemporaryFolder folder;
    const auto path = folder.file("timbrel-test-recipe.json");
    std::ofstream(path) << recipe;
    return load_recipe(path);
}

// The error of such a file; empty where it loads.
std::string error_of(const json& recipe) {
    try {
        loaded_recipe(recipe);
    } catch (const Error& e) {
        return e.what();
    }
    return "";
}

bool names(const std::string& error, const std::string& key) {
    return error.find("timbrel-test-recipe.json: " + key) != std::string::npos && error.find('\n') == std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(recipe)

BOOST_AUTO_TEST_CASE(the_shipped_recipe_loads) {
    const auto recipe = load_recipe(TIMBREL_TEST_RECIPE);
    BOOST_TEST(recipe.morph.max_tilt == shipped()["morph"]["max_tilt"]["value"].get<double>());
    BOOST_TEST(recipe.training.batch_notes == shipped()["training"]["batch_notes"]["value"].get<int64_t>());
    BOOST_TEST(error_of(shipped()) == "");
}

BOOST_AUTO_TEST_CASE(every_entry_has_unit_source_and_data) {
    const auto recipe = shipped();
    for (const auto& [group, entries] : recipe.items())
        for (const auto& [name, entry] : entries.items()) {
            BOOST_TEST(entry.size() == 4, group << "." << name);
            for (const char* key : {"unit", "source", "chosen_on"})
                BOOST_TEST((entry.contains(key) && entry[key].is_string() && !entry[key].get<std::string>().empty()),
                           group << "." << name << " lacks " << key);
            BOOST_TEST(entry["chosen_on"] != "unknown", group << "." << name);
        }
}

BOOST_AUTO_TEST_CASE(a_missing_key_is_refused) {
    auto recipe = shipped();
    recipe["morph"].erase("max_tilt");
    BOOST_TEST(names(error_of(recipe), "morph.max_tilt"));
    recipe = shipped();
    recipe.erase("training");
    BOOST_TEST(names(error_of(recipe), "the group training"));
}

BOOST_AUTO_TEST_CASE(renamed_keys_load_by_their_old_names) {
    auto recipe = shipped();
    auto& training = recipe["training"];
    const std::pair<const char*, const char*> renamed[]{{"parameter_fraction", "parameter_triple_fraction"},
                                                        {"velocity_fraction", "velocity_triple_fraction"}};
    double value = .2;
    for (const auto& [key, old_key] : renamed) {
        training[old_key] = training[key];
        training[old_key]["value"] = value += .01;
        training.erase(key);
    }
    const auto loaded = loaded_recipe(recipe);
    BOOST_TEST(loaded.training.parameter_fraction == .21, boost::test_tools::tolerance(1e-9));
    BOOST_TEST(loaded.training.velocity_fraction == .22, boost::test_tools::tolerance(1e-9));
    auto& morph = recipe["morph"];
    morph["residual_smoothing"] = morph["correction_smoothing"];
    morph["residual_smoothing"]["value"] = 7;
    morph.erase("correction_smoothing");
    BOOST_TEST(loaded_recipe(recipe).morph.correction_smoothing == 7);
    training["parameter_triple_fraction"]["value"] = "large";
    BOOST_TEST(names(error_of(recipe), "training.parameter_fraction"));
    recipe = shipped(); // both
    recipe["training"]["parameter_triple_fraction"] = {{"value", .1}};
    BOOST_TEST(names(error_of(recipe), "training.parameter_triple_fraction is unknown"));
}

BOOST_AUTO_TEST_CASE(an_unknown_key_is_refused) {
    auto recipe = shipped();
    recipe["training"]["no_such_constant"] = {{"value", 1}};
    BOOST_TEST(names(error_of(recipe), "training.no_such_constant"));
    recipe = shipped();
    recipe["no_such_group"] = json::object();
    BOOST_TEST(names(error_of(recipe), "the group no_such_group"));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_number_is_refused) {
    auto recipe = shipped();
    recipe["morph"]["max_tilt"]["value"] = "large";
    BOOST_TEST(names(error_of(recipe), "morph.max_tilt"));
    recipe = shipped();
    recipe["training"]["batch_notes"]["value"] = 1.5;
    BOOST_TEST(names(error_of(recipe), "training.batch_notes"));
}

BOOST_AUTO_TEST_SUITE_END()
