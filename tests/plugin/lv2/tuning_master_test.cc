// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin as a client of a tuning master: what comes first, what it reports, and what states keep. Needs the
// stand-in's library; see mts_stand_in.h.
#define BOOST_TEST_MODULE lv2_tuning_master
#include <boost/test/unit_test.hpp>

#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/lv2/raw_host.h"
#include "tests/plugin/support/mts_stand_in.h"

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace timbrel;
using namespace timbrel::test;

namespace {

const char* const report = lv2::tuning_master_property;

struct Fixture : MtsMaster {
    Fixture() {
        write_tone_bank(bank);
        std::ofstream(scale) << "wide\n1\n100.7\n";
        shift(0.5);
        start(host);
    }
    void start(RawHost& instance) const {
        instance.control("x") = instance.control("y") = 0;
        instance.activate();
        instance.set_bank(bank);
        BOOST_REQUIRE(instance.wait_for_bank());
    }
    void check_a4(RawHost& instance, double pitch) const {
        instance.midi(0, {0x90, 69, 110});
        instance.play(9600);
        const double measured = find_sinusoid(std::span(instance.left).last(4800), hertz(pitch)).hertz;
        BOOST_TEST(std::abs(1200 * std::log2(measured / hertz(pitch))) < 0.1);
        instance.midi(0, {0xb0, 120, 0});
        instance.play(640);
    }
    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel"), scale = folder.file("wide.scl");
    RawHost host;
    const double scale_a4 = 60 + 9 * 1.007;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_plugin_follows_and_says_so, Fixture) {
    check_a4(host, 69.5);
    BOOST_TEST(host.properties[report] == "tuned by MTS-ESP"); // without a request
    host.properties.clear();
    host.get(report);
    host.run(64);
    BOOST_TEST(host.properties.size() == 1u);
    BOOST_TEST(host.properties[report] == "tuned by MTS-ESP");
    tables().has_master = false;
    check_a4(host, 69);
    BOOST_TEST(host.properties[report] == "");
}

BOOST_FIXTURE_TEST_CASE(a_scale_comes_first_and_its_removal_lets_the_plugin_follow, Fixture) {
    check_a4(host, 69.5);
    host.set_path(lv2::tuning_property, scale);
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    check_a4(host, scale_a4);
    BOOST_TEST(host.properties[report] == "MTS-ESP off: a scale is set");
    RawHost again;
    start(again);
    const RawHost::State state = host.save();
    again.restore(state);
    check_a4(again, scale_a4);
    std::filesystem::remove(scale); // equal temperament takes the place of a scale that is missing
    RawHost missing;
    start(missing);
    missing.restore(state);
    check_a4(missing, 69);
    host.set_path(lv2::tuning_property, "");
    BOOST_REQUIRE(host.wait_for(lv2::tuning_property));
    check_a4(host, 69.5);
    BOOST_TEST(host.properties[report] == "tuned by MTS-ESP");
}

BOOST_FIXTURE_TEST_CASE(messages_come_first_and_sessions_keep_them, Fixture) {
    check_a4(host, 69.5);
    host.midi(0, {0xf0, 0x7e, 0, 8, 7, 0, 0, 1, 69, 68, 0, 0, 0xf7});
    host.run(64);
    check_a4(host, 68);
    BOOST_TEST(host.properties[report] == "MTS-ESP off where MIDI tunes");
    RawHost again;
    start(again);
    again.restore(host.save());
    check_a4(again, 68);
    // A session of an instance without a tuning of its own follows.
    RawHost plain, restored;
    start(plain);
    start(restored);
    restored.restore(plain.save());
    check_a4(restored, 69.5);
}
