// SPDX-License-Identifier: GPL-3.0-or-later
// Names that were renamed in 0.3 and keep their old spelling for this version: keys of the evaluation's JSON, options.
#include "models/bake/bank_cells.h"
#include "models/commands/commands.h"
#include "models/evaluation/path_monotonicity.h"
#include "models/evaluation/renamed_keys.h"
#include "plugin/engine/bank/bank_writer.h"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

using namespace timbrel;
using namespace timbrel::models;
using nlohmann::json;

namespace {

// What ends the command: "usage" for arguments that are refused, the message for what fails after they are accepted.
std::string failure_of(void (*add_command)(CLI::App&), std::vector<std::string> arguments) {
    CLI::App program;
    add_command(program);
    std::ranges::reverse(arguments); // as CLI11 wants them
    try {
        program.parse(arguments);
    } catch (const CLI::ParseError&) {
        return "usage";
    } catch (const std::exception& error) {
        return error.what();
    }
    return "none";
}

// The network amount of a bank of two silent cells whose metadata has it under this key.
double network_amount_of_bank(const char* key) {
    const auto path =
        (std::filesystem::temp_directory_path() / ("timbrel-renamed-" + std::to_string(getpid()) + ".timbrel"))
            .string();
    const json metadata{{"recipe", {{"sources", json::array({"a", "b"})}, {"model", "timbrel"}}},
                        {"map", json::array({2, 1})},
                        {"grid", 2},
                        {"pitches", json::array({60})},
                        {"velocities", json::array({100})},
                        {"seconds", 1},
                        {"release", .5},
                        {key, .25}};
    engine::BankPlan plan;
    plan.columns = 2, plan.rows = 1;
    plan.pitches = {60}, plan.velocities = {100};
    plan.shapes = {{480, 0, 0}};
    engine::BankWriter writer(path, plan, metadata);
    const std::vector<float> silence(960);
    for (const uint32_t cell : {0u, 1u}) writer.put(0, 0, cell, silence, 0, .1f);
    writer.finish();
    const double amount = read_recipe(*engine::Bank::open(path)).network_amount;
    std::filesystem::remove(path);
    return amount;
}

} // namespace

BOOST_AUTO_TEST_SUITE(renamed_names)

BOOST_AUTO_TEST_CASE(json_has_every_renamed_key_in_both_spellings) {
    PathMonotonicity path;
    path.loudness_deviation = .25;
    path.brightness_reversal = .5;
    path.attack_reversal = .75;
    path.decay_reversal = 2;
    json planes;
    planes["planes"] = json::array({{{"paths", {{"network", json::array({to_json(path)})}}}}});
    const auto row = json{{"mean", 1}, {"standard_deviation", 3}, {"network_amount", 2}};
    const json learned{{"accuracy", .9}, {"network_amounts", json::array({row})}};
    const json result{{"planes", planes}, {"frechet", {{"learned", learned}}}};
    const auto both = with_old_keys(result);

    for (const char* key : {"paths", "ways"})
        for (const char* old : {"loudness_off_line", "brightness_back", "attack_back", "decay_back"}) {
            const auto& written = both["planes"]["planes"][0][key]["network"][0];
            BOOST_TEST(written.contains(old), key << ", " << old);
        }
    const auto& written = both["planes"]["planes"][0]["ways"]["network"][0];
    BOOST_TEST(written.at("loudness_off_line") == .25);
    BOOST_TEST(written.at("brightness_back") == .5);
    BOOST_TEST(written.at("attack_back") == .75);
    BOOST_TEST(written.at("decay_back") == 2);
    BOOST_TEST(written.at("decay_reversal") == 2);
    BOOST_TEST(both["reality"]["learned"]["recognised"] == .9);
    BOOST_TEST(both["reality"]["learned"]["imagine"][0]["beta"] == 2);
    BOOST_TEST(both["frechet"]["learned"]["network_amounts"][0]["spread"] == 3);
}

// The keys themselves are those that the evaluation writes, and nothing else is added.
BOOST_AUTO_TEST_CASE(only_renamed_keys_are_added) {
    const auto written = with_old_keys(to_json(PathMonotonicity{}));
    BOOST_TEST(written.size() == to_json(PathMonotonicity{}).size() + 4);
    const json other{{"elsd", {1, {{"mean", nullptr}}}}, {"name", "ways"}};
    BOOST_TEST(with_old_keys(other) == other);
    BOOST_TEST(with_old_keys(json(1.5)) == json(1.5));
}

BOOST_AUTO_TEST_CASE(banks_are_read_with_either_key) {
    for (const char* key : {"network_amount", "imagine"}) BOOST_TEST(network_amount_of_bank(key) == .25, key);
}

BOOST_AUTO_TEST_CASE(options_take_their_old_spellings) {
    const std::string nowhere = "/nowhere/weights.safetensors";
    for (const char* part : {"frechet", "reality"})
        BOOST_TEST(failure_of(add_evaluate_command, {"evaluate", "--parts", part, "--model", nowhere}).find(nowhere) !=
                   std::string::npos);
    BOOST_TEST(failure_of(add_evaluate_command, {"evaluate", "--parts", "realism", "--model", nowhere}) == "usage");

    const auto bake = [](std::vector<std::string> options) {
        const std::vector<std::string> rest{"bake", "--line", "/nowhere/a.wav", "/nowhere/b.wav", "-o", "/nowhere/c"};
        options.insert(options.begin(), rest.begin(), rest.end());
        const auto add = [](CLI::App& program) { add_bake_command(program, [](auto&&...) {}); };
        return failure_of(add, options);
    };
    for (const char* option : {"--fine-tune", "--adapt"}) BOOST_TEST(bake({option, "1"}).find("/nowhere/c") == 0u);
    for (const char* option : {"--network-amount", "--imagine"})
        BOOST_TEST(bake({option, ".5"}).find("/nowhere/c") == 0u);
    BOOST_TEST(bake({"--fine-tune", "1", "--shard", "1/2"}) == "usage");
    BOOST_TEST(bake({"--imagine", "3"}) == "usage");
}

BOOST_AUTO_TEST_SUITE_END()
