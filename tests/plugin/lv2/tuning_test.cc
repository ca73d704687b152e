// SPDX-License-Identifier: GPL-3.0-or-later
// Tunings: scale and keyboard map as properties, tuning programs by MIDI, and both in states.
#define BOOST_TEST_MODULE lv2_tuning
#include <boost/test/unit_test.hpp>

#include "plugin/lv2/shared/tuning_bytes.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/lv2/raw_host.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>

using namespace timbrel::test;
using namespace timbrel;
using namespace timbrel::engine;

namespace {

// A scale of 100.7 cents a step, a map that puts A4 at 431 Hz.
struct TuningFiles {
    TuningFiles() {
        write_tone_bank(bank);
        std::ofstream(scale) << "wide\n1\n100.7\n";
        std::ofstream(map) << "0\n0\n127\n69\n69\n431.0\n0\n";
        setenv("TIMBREL_BANKS", folder.file("").c_str(), 1);
    }
    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), scale = folder.file("wide.scl"), map = folder.file("a431.kbm");
};

struct TunedHost : TuningFiles {
    TunedHost() {
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
    const double hertz = find_sinusoid(std::span(host.left).last(4800), expected).hertz;
    BOOST_TEST(std::abs(1200 * std::log2(hertz / expected)) < 0.1);
    host.midi(0, {0xb0, 120, 0});
    host.play(640);
}

// Raises A4 of a tuning program by so many quarter tones, by a MIDI tuning message.
void send_tuning(RawHost& host, int bank, int program, int quarter_tones) {
    const int pitch = 2 * 69 + quarter_tones;
    host.midi(0, {0xf0, 0x7e, 0, 8, 7, static_cast<uint8_t>(bank), static_cast<uint8_t>(program), 1, 69,
                  static_cast<uint8_t>(pitch / 2), static_cast<uint8_t>(pitch % 2 * 64), 0, 0xf7});
    host.run(64);
}

void select_tuning(RawHost& host, uint8_t bank, uint8_t program) {
    for (const auto& [number, value] :
         {std::pair<uint8_t, uint8_t>{101, 0}, {100, 4}, {6, bank}, {100, 3}, {6, program}})
        host.midi(0, {0xb0, number, value});
}

double raised_a4(int quarter_tones) { return 440 * std::exp2(quarter_tones / 24.0); }

const double unmapped_a4 = 261.6255653 * std::exp2(9 * 100.7 / 1200); // A4 without the map

} // namespace

BOOST_FIXTURE_TEST_CASE(a_tuning_is_chosen_audible_and_reported, TunedHost) {
    host.get();
    host.run(64);
    BOOST_TEST(host.properties.at(lv2::tuning_property) == "");
    BOOST_TEST(host.properties.at(lv2::keyboard_map_property) == "");
    check_hertz(host, 69, 440);
    host.set_path(lv2::tuning_property, scale, false);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    BOOST_TEST(host.properties[lv2::tuning_property] == scale);
    check_hertz(host, 69, unmapped_a4);
    host.set_path(lv2::keyboard_map_property, map);
    BOOST_REQUIRE(host.wait_for(lv2::keyboard_map_property));
    BOOST_TEST(host.properties[lv2::keyboard_map_property] == map);
    check_hertz(host, 69, 431);
    check_hertz(host, 71, 431 * std::exp2(2 * 100.7 / 1200));
    host.properties.clear();
    host.get(lv2::tuning_property);
    host.run(64);
    BOOST_TEST(host.properties.size() == 1u);
    BOOST_TEST(host.properties[lv2::tuning_property] == scale);
    host.set_path(lv2::tuning_property, "");
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    check_hertz(host, 69, 440);
}

BOOST_FIXTURE_TEST_CASE(an_invalid_tuning_is_reported_and_the_previous_one_stays, TunedHost) {
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    std::ofstream(folder.file("bad.scl")) << "bad\n2\n3/2\noctave\n";
    host.set_path(lv2::tuning_property, folder.file("bad.scl"));
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    BOOST_TEST(host.properties[lv2::tuning_property] == scale);
    BOOST_TEST(host.properties[lv2::message_property].find("bad.scl, line 4") != std::string::npos);
    check_hertz(host, 69, unmapped_a4);
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    BOOST_TEST(host.properties[lv2::message_property] == "");
}

BOOST_FIXTURE_TEST_CASE(a_tuning_is_saved_through_the_hosts_paths_and_restored, TunedHost) {
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
        BOOST_TEST(again.properties[lv2::tuning_property] == scale);
        again.restore({}); // parameters only: the tuning stays
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
    BOOST_TEST(again.properties[lv2::message_property].find("wide.scl") != std::string::npos);
    BOOST_TEST(again.save().at(lv2::tuning_property).bytes == whole.at(lv2::tuning_property).bytes);
}

BOOST_FIXTURE_TEST_CASE(tunings_by_midi_are_saved_and_restored, TunedHost) {
    const int changes = host.state_changes;
    BOOST_TEST(!host.save().contains(lv2::tunings_property));
    send_tuning(host, 0, 0, 1);
    send_tuning(host, 3, 7, 3);
    host.run(64);
    BOOST_TEST(host.state_changes == changes + 2);
    check_hertz(host, 69, raised_a4(1));
    const auto state = host.save();
    BOOST_TEST_REQUIRE(state.contains(lv2::tunings_property));

    RawHost again;
    again.control("x") = again.control("y") = 0;
    again.restore(state);
    again.activate();
    again.run(64);
    BOOST_TEST(again.state_changes == 0);
    check_hertz(again, 69, raised_a4(1));
    check_hertz(again, 71, 440 * std::exp2(2 / 12.0));
    select_tuning(again, 3, 7);
    check_hertz(again, 69, raised_a4(3));
    BOOST_TEST(again.save().at(lv2::tunings_property).bytes == state.at(lv2::tunings_property).bytes);
    again.restore({}); // parameters only
    check_hertz(again, 69, raised_a4(3));
    auto without = state;
    without.erase(lv2::tunings_property); // a preset with a bank
    again.restore(without);
    check_hertz(again, 69, raised_a4(3));
    select_tuning(again, 0, 0);
    check_hertz(again, 69, raised_a4(1));
    send_tuning(again, 0, 0, 5);
    send_tuning(again, 2, 2, 5);
    again.restore(state); // replaces all tunings received since
    check_hertz(again, 69, raised_a4(1));
    select_tuning(again, 2, 2);
    check_hertz(again, 69, 440);
}

BOOST_FIXTURE_TEST_CASE(a_preset_without_a_scale_keeps_tunings_by_midi_and_one_with_a_scale_replaces_them, TunedHost) {
    const auto sound = host.save();
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    const auto scaled = host.save();
    send_tuning(host, 0, 0, 1);
    send_tuning(host, 3, 7, 3);
    host.restore(scaled); // the current scale
    check_hertz(host, 69, raised_a4(1));
    host.restore(sound); // another scale: equal temperament
    check_hertz(host, 69, 440);
    send_tuning(host, 0, 0, 1);
    host.restore(sound);
    check_hertz(host, 69, raised_a4(1));
    select_tuning(host, 3, 7);
    check_hertz(host, 69, raised_a4(3));
    select_tuning(host, 0, 0);
    host.restore(scaled);
    check_hertz(host, 69, unmapped_a4);
}

BOOST_FIXTURE_TEST_CASE(a_session_brings_back_its_tunings_whatever_was_sent_since, TunedHost) {
    send_tuning(host, 3, 7, 3);
    const auto session = host.save(); // without the first program
    send_tuning(host, 0, 0, 1);
    send_tuning(host, 3, 7, 5);
    host.restore(session);
    check_hertz(host, 69, 440);
    select_tuning(host, 3, 7);
    check_hertz(host, 69, raised_a4(3));
}

BOOST_FIXTURE_TEST_CASE(a_scale_chosen_later_replaces_the_first_program_by_midi, TunedHost) {
    send_tuning(host, 0, 0, 1);
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    check_hertz(host, 69, unmapped_a4);
    BOOST_TEST(!host.save().contains(lv2::tunings_property));
    send_tuning(host, 0, 0, 1); // the reverse order, also after restoring
    RawHost again;
    again.control("x") = again.control("y") = 0;
    again.restore(host.save());
    again.activate();
    check_hertz(again, 69, raised_a4(1));
    check_hertz(again, 71, unmapped_a4 * std::exp2(2 * 100.7 / 1200));
}

BOOST_FIXTURE_TEST_CASE(invalid_tunings_are_ignored, TunedHost) {
    send_tuning(host, 0, 0, 1);
    const auto state = host.save();
    const auto& kept = state.at(lv2::tunings_property).bytes;
    const std::vector<uint8_t> good(kept.begin(), kept.end());
    BOOST_TEST(lv2::read_tunings(good).size() == 1u);
    auto huge = good, version = good, number = good, infinite = good;
    huge[7] = 0xff;
    version[0] = 9;
    number[9] = 0x40;
    infinite[12] = 0x80, infinite[13] = 0x7f;
    for (const auto& bad : {huge, version, number, infinite, std::vector<uint8_t>(good.begin(), good.end() - 1),
                            std::vector<uint8_t>(7), std::vector<uint8_t>()}) {
        BOOST_TEST(lv2::read_tunings(bad).empty());
        host.restore({{lv2::tunings_property, {{bad.begin(), bad.end()}, host.urids.map(LV2_ATOM__Chunk), 0}}});
        BOOST_TEST(host.save().at(lv2::tunings_property).bytes == kept);
    }
    check_hertz(host, 69, raised_a4(1));
}
