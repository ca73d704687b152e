// The tuning as a property: chosen, told, saved, restored.
#define BOOST_TEST_MODULE lv2_tuning
#include <boost/test/unit_test.hpp>

#include "tests/engine/measure.h"
#include "tests/host/songs.h"
#include "tests/lv2/raw_host.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>

using namespace timbrel::test;
using namespace timbrel;

namespace {

// A scale of 100.7 cents a step, a map that puts A4 at 431 Hz.
struct Files {
    Files() {
        write_tone_bank(bank);
        std::ofstream(scale) << "wide\n1\n100.7\n";
        std::ofstream(map) << "0\n0\n127\n69\n69\n431.0\n0\n";
        setenv("TIMBREL_BANKS", folder.file("").c_str(), 1);
    }
    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), scale = folder.file("wide.scl"), map = folder.file("a431.kbm");
};

struct Tuned : Files {
    Tuned() {
        host.control("x") = host.control("y") = 0;
        host.activate();
        host.set_bank(bank);
        BOOST_REQUIRE(host.wait_for_bank());
    }
    RawHost host;
};

void check_hertz(RawHost& host, int key, double expected) {
    host.midi(0, {0x90, static_cast<uint8_t>(key), 110});
    host.play(9600);
    const double hertz = find(std::span(host.left).last(4800), expected).hertz;
    BOOST_TEST(std::abs(1200 * std::log2(hertz / expected)) < 0.1);
    host.midi(0, {0xb0, 120, 0});
    host.play(640);
}

const double unmapped = 261.6255653 * std::exp2(9 * 100.7 / 1200); // A4 without the map

} // namespace

BOOST_FIXTURE_TEST_CASE(a_tuning_is_chosen_heard_and_told, Tuned) {
    host.get();
    host.run(64);
    BOOST_TEST(host.told.at(lv2::tuning_property) == "");
    BOOST_TEST(host.told.at(lv2::keyboard_map_property) == "");
    check_hertz(host, 69, 440);
    host.set_path(lv2::tuning_property, scale, false);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    BOOST_TEST(host.told[lv2::tuning_property] == scale);
    check_hertz(host, 69, unmapped);
    host.set_path(lv2::keyboard_map_property, map);
    BOOST_REQUIRE(host.wait_for(lv2::keyboard_map_property));
    BOOST_TEST(host.told[lv2::keyboard_map_property] == map);
    check_hertz(host, 69, 431);
    check_hertz(host, 71, 431 * std::exp2(2 * 100.7 / 1200));
    host.told.clear();
    host.get(lv2::tuning_property);
    host.run(64);
    BOOST_TEST(host.told.size() == 1u);
    BOOST_TEST(host.told[lv2::tuning_property] == scale);
    host.set_path(lv2::tuning_property, "");
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    check_hertz(host, 69, 440);
}

BOOST_FIXTURE_TEST_CASE(a_bad_tuning_says_why_and_leaves_the_one_before, Tuned) {
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    std::ofstream(folder.file("bad.scl")) << "bad\n2\n3/2\noctave\n";
    host.set_path(lv2::tuning_property, folder.file("bad.scl"));
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    BOOST_TEST(host.told[lv2::tuning_property] == scale);
    BOOST_TEST(host.told[lv2::message_property].find("bad.scl, line 4") != std::string::npos);
    check_hertz(host, 69, unmapped);
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    BOOST_TEST(host.told[lv2::message_property] == "");
}

BOOST_FIXTURE_TEST_CASE(a_tuning_is_saved_through_the_hosts_paths_and_restored, Tuned) {
    host.set_path(lv2::keyboard_map_property, map);
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    LV2_State_Map_Path mapping{nullptr,
                               [](auto, const char* path) { return strdup((std::string("short:") + path).c_str()); },
                               [](auto, const char* path) { return strdup(path + 6); }};
    const LV2_Feature feature{LV2_STATE__mapPath, &mapping};
    const LV2_Feature* const features[] = {&feature, nullptr};
    auto state = host.save(features);
    BOOST_TEST(std::string(state.at(lv2::tuning_property).bytes.c_str()) == "short:" + scale);
    BOOST_TEST(std::string(state.at(lv2::keyboard_map_property).bytes.c_str()) == "short:" + map);
    {
        RawHost again;
        again.control("x") = again.control("y") = 0;
        again.restore(state, features);
        again.activate();
        check_hertz(again, 69, 431);
        BOOST_TEST(again.told[lv2::tuning_property] == scale);
        again.restore({}); // knobs alone: the tuning stays
        check_hertz(again, 69, 431);
        state.erase(lv2::tuning_property), state.erase(lv2::keyboard_map_property);
        again.restore(state, features); // a session in equal temperament
        check_hertz(again, 69, 440);
    }
    const auto whole = host.save();
    std::filesystem::remove(scale);
    RawHost again;
    again.control("x") = again.control("y") = 0;
    again.restore(whole);
    again.activate();
    check_hertz(again, 69, 440);
    BOOST_TEST(again.told[lv2::message_property].find("wide.scl") != std::string::npos);
    BOOST_TEST(again.save().at(lv2::tuning_property).bytes == whole.at(lv2::tuning_property).bytes);
}
