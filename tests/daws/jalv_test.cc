// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the plugin in jalv on a JACK server: sends notes and measures the recorded sound.
#define BOOST_TEST_MODULE jalv
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "tests/daws/preset.h"
#include "tests/host/support/jack_probe.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <chrono>
#include <thread>

using namespace timbrel::test;

BOOST_AUTO_TEST_CASE(jalv_plays_the_plugin) {
    const TemporaryFolder folder;
    const std::string bank = folder.file("tones.timbrel");
    write_tone_bank(bank);
    write_preset(folder.file(""), "Tones", "<urn:timbrel:bank> <" + bank + ">",
                 "[ lv2:symbol \"x\" ; pset:value 0.0 ] , [ lv2:symbol \"y\" ; pset:value 0.0 ]");
    const JackServer server;
    BOOST_REQUIRE_MESSAGE(server.up(), server.log());
    JackProbe probe;
    const Child jalv({"jalv", "-n", "jalv", "-x", "-l", folder.file("Tones.lv2"), "urn:timbrel:morph"},
                     folder.file("jalv.log"));
    BOOST_REQUIRE_MESSAGE(probe.wait_for("jalv:out_right"), jalv.output());
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    BOOST_TEST(probe.connect(probe.midi_out(), "jalv:control"));
    BOOST_TEST(probe.connect("jalv:out_left", probe.audio_in(0)));
    BOOST_TEST(probe.connect("jalv:out_right", probe.audio_in(1)));
    probe.play_and_record(
        {{0, {0x90, 69, 110}}, {36000, {0x80, 69, 0}}, {48000, {0x90, 60, 110}}, {84000, {0x80, 60, 0}}}, 110000);
    for (const auto& channel : {probe.left, probe.right})
        for (const auto& [frame, key] : {std::pair(4800, 69), std::pair(52800, 60)}) {
            const Sinusoid tone = find_sinusoid(std::span(channel).subspan(frame, 24000), key_hertz(key));
            BOOST_TEST(std::fabs(cents(tone.hertz, key_hertz(key))) < 3.0);
            BOOST_TEST(std::fabs(db(tone.amplitude / 0.2)) < 0.5);
        }
    BOOST_TEST(peak(std::span(probe.left).last(4800)) < 1e-3);
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait", "jalv"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
