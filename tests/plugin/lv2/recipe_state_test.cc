// SPDX-License-Identifier: GPL-3.0-or-later
// States keep what the bank was baked of: for banks that are lost, and from whatever a state may contain.
#define BOOST_TEST_MODULE recipe_state
#include <boost/test/unit_test.hpp>

#include "host/lv2/instance.h"
#include "host/lv2/state.h"
#include "plugin/lv2/shared/bank_recipe.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/lv2/raw_host.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace timbrel;
using namespace timbrel::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// As the baker writes them.
json metadata() {
    const auto corner = [](const char* name, json source) {
        return json{{"name", name}, {"x", 0}, {"y", 0}, {"source", std::move(source)}};
    };
    return {{"corners", {corner("Low horn", {{"hash", "00ff"}}), corner("Oboe", "of an older baker")}},
            {"map", {2, 1}},
            {"grid", 5},
            {"pitches", {48, 60}},
            {"velocities", {50, 110}},
            {"seconds", 1.5},
            {"release", 0.7},
            {"network_amount", 0.25},
            {"tuning", "as-recorded"},
            {"recipe", {{"sources", {"gain=-3:name=Low horn:/s/Horn.wav", "/s/Oboe.wav"}}, {"model", "timbrel"}}}};
}

void write_bank(const std::string& path, const json& about) {
    SyntheticBank bank;
    bank.columns = 2;
    bank.shape = {9600, 0, 9600};
    bank.sound = [](const SamplePosition& at) { return 0.1 * sine(440, at.frame); };
    bank.metadata = about;
    bank.write(path);
}

struct Session {
    Session() {
        write_bank(path, metadata());
        setenv("TIMBREL_BANKS", folder.file("none").c_str(), 1);
    }
    RawHost::State saved() const {
        RawHost host;
        host.activate();
        host.set_bank(path);
        BOOST_REQUIRE(host.wait_for_bank());
        return host.save();
    }
    TemporaryFolder folder;
    std::string path = folder.file("duo.timbrel");
};

using List = std::vector<std::string>;

std::string text_of(const RawHost::State& state) { return state.at(lv2::recipe_property).bytes.c_str(); }

// The recipe that a plugin with this state sends its window.
std::string sent(const RawHost::State& state) {
    RawHost host;
    host.restore(state);
    host.activate();
    host.get(lv2::recipe_property);
    BOOST_TEST(host.wait_for(lv2::recipe_property));
    return host.properties[lv2::recipe_property];
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_state_contains_what_the_bank_was_baked_of, Session) {
    const auto recipe = lv2::read_recipe(text_of(saved()));
    BOOST_REQUIRE(recipe.has_value());
    BOOST_TEST((recipe->columns == 2 && recipe->rows == 1));
    BOOST_REQUIRE(recipe->corners.size() == 2u);
    BOOST_TEST(recipe->corners[0].source == "gain=-3:name=Low horn:/s/Horn.wav");
    BOOST_TEST(recipe->corners[0].name == "Low horn");
    BOOST_TEST(recipe->corners[0].hash == "00ff");
    BOOST_TEST(recipe->corners[1].hash == "");
    BOOST_TEST(recipe->options ==
               (List{"--grid", "5", "--pitches", "48,60", "--velocities", "50,110", "--seconds", "1.5", "--release",
                     "0.7", "--network-amount", "0.25", "--tuning", "as-recorded", "--model", "timbrel"}));
}

BOOST_AUTO_TEST_CASE(a_chosen_length_is_chosen_again) {
    json about = metadata();
    about["seconds"] = "auto";
    const auto recipe = lv2::read_recipe(lv2::recipe_text(json::parse(about.dump()))); // as read from a bank
    BOOST_REQUIRE(recipe.has_value());
    const auto option = std::ranges::find(recipe->options, "--seconds");
    BOOST_REQUIRE(option != recipe->options.end());
    BOOST_TEST(*(option + 1) == "auto");
}

BOOST_FIXTURE_TEST_CASE(the_window_learns_the_recipe_of_a_lost_bank_only, Session) {
    const auto state = saved();
    BOOST_TEST(sent(state) == "");
    const std::string away = folder.file("away");
    fs::rename(path, away);
    BOOST_TEST(sent(state) == text_of(state));
    RawHost host;
    host.restore(state);
    host.activate();
    BOOST_TEST(host.wait_for(lv2::recipe_property));    // without asking
    BOOST_TEST(text_of(host.save()) == text_of(state)); // saving again does not lose it
    fs::rename(away, path);
    BOOST_REQUIRE(host.wait_for_bank());
    host.play(4800);
    BOOST_TEST(host.properties[lv2::recipe_property] == "");
    BOOST_TEST(text_of(host.save()) == text_of(state));
}

BOOST_FIXTURE_TEST_CASE(sessions_without_a_recipe_load_as_before, Session) {
    auto state = saved();
    state.erase(lv2::recipe_property);
    RawHost host;
    host.restore(state);
    host.activate();
    BOOST_REQUIRE(host.wait_for_bank());
    BOOST_TEST(host.properties[lv2::bank_property] == path);
    BOOST_TEST(host.save().contains(lv2::recipe_property)); // from the bank
    fs::remove(path);
    BOOST_TEST(sent(state) == "");
}

BOOST_FIXTURE_TEST_CASE(a_state_may_contain_anything, Session) {
    auto state = saved();
    fs::remove(path);
    const std::string good = text_of(state);
    const auto changed = [&](const char* key, json value) {
        json recipe = json::parse(good);
        recipe[key] = std::move(value);
        return recipe.dump();
    };
    for (const std::string& text :
         {std::string("no JSON"), std::string("[]"), std::string("{}"), std::string(5000, '['), std::string("\xff\xfe"),
          changed("map", {1, 1}), changed("map", {-1, -2}), changed("map", {1e9, 1e9}), changed("map", {2, 2}),
          changed("map", "2x1"), changed("corners", {1, 2}), changed("corners", json::object()),
          changed("model", "--output"), changed("pitches", {"--output", "x"}),
          changed("grid", json::object({{"a", "b"}})), changed("name", std::string(lv2::recipe_bytes, 'x')),
          changed("corners", json::array({{{"source", "-o"}, {"name", ""}, {"hash", ""}},
                                          {{"source", "/a"}, {"name", ""}, {"hash", ""}}}))}) {
        state[lv2::recipe_property].bytes = text;
        BOOST_TEST(sent(state) == "", text.substr(0, 200));
    }
    state[lv2::recipe_property].bytes = good;
    BOOST_TEST(sent(state) == good);
}

BOOST_FIXTURE_TEST_CASE(banks_that_cannot_be_baked_again_have_no_recipe, Session) {
    for (const auto& [key, value] :
         {std::pair<const char*, json>{"shard", {{"part", 1}, {"of", 2}}},
          {"fine_tuned", {{"steps", 100}}},
          {"map", json()},
          {"corners", json::array()},
          {"recipe", {{"model", "timbrel"}, {"sources", List(2, std::string(4000, 'x'))}}}}) {
        json about = metadata();
        about[key] = value;
        fs::remove(path);
        write_bank(path, about);
        BOOST_TEST(!saved().contains(lv2::recipe_property), key);
    }
}

BOOST_FIXTURE_TEST_CASE(a_recipe_goes_through_a_hosts_state_file, Session) {
    host::World world;
    host::UridTable urids;
    const host::InstanceOptions options{48000, 512, 512, host::Worker::Mode::offline};
    const std::string recipe = text_of(saved()), file = folder.file("state.ttl");
    {
        host::Instance instance(world, world.timbrel_plugin(), urids, options);
        instance.set_control(instance.find("freewheel")->index, 1);
        instance.activate();
        instance.send_path(lv2::bank_property, path);
        instance.begin_block();
        instance.run(64);
        host::save_state(world, urids, instance, file);
    }
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    BOOST_TEST(text.find("name=Low horn:/s/Horn.wav") != std::string::npos);
    fs::remove(path);
    host::Instance instance(world, world.timbrel_plugin(), urids, options);
    host::load_state(world, urids, instance, file);
    host::save_state(world, urids, instance, folder.file("again.ttl"));
    std::ifstream again(folder.file("again.ttl"));
    const std::string saved_again{std::istreambuf_iterator<char>(again), {}};
    BOOST_TEST(saved_again.find("name=Low horn:/s/Horn.wav") != std::string::npos);
}
