// SPDX-License-Identifier: GPL-3.0-or-later
// MIDI from devices outside JACK: finding, opening and timing.
#define BOOST_TEST_MODULE devices
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "host/player/midi/device_events.h"
#include "host/player/midi/midi_devices.h"
#include "tests/host/support/jack_probe.h"

#include <mutex>
#include <thread>

using namespace timbrel::test;
using namespace timbrel::host;

namespace {

std::vector<std::byte> midi_message(int a, int b, int c) { return {std::byte(a), std::byte(b), std::byte(c)}; }

} // namespace

BOOST_AUTO_TEST_CASE(events_sound_one_period_after_they_came) {
    DeviceEvents events;
    for (const uint32_t begin : {1000u, 0xffffffe0u}) { // the second wraps the frame time
        events.push(begin + 10, midi_message(0x90, 60, 100));
        events.push(begin + 40, midi_message(0x80, 60, 0));
        events.push(begin + 70, midi_message(0x90, 61, 100));
        uint32_t frame = 0;
        BOOST_TEST(!events.peek(begin, 64, frame)); // due in the next period
        const auto* event = events.peek(begin + 64, 64, frame);
        BOOST_REQUIRE(event);
        BOOST_TEST(frame == 10u);
        BOOST_TEST(event->size == 3u);
        events.pop();
        BOOST_REQUIRE(events.peek(begin + 64, 64, frame));
        BOOST_TEST(frame == 40u);
        events.pop();
        BOOST_TEST(!events.peek(begin + 64, 64, frame));
        // A late event is due at once.
        BOOST_REQUIRE(events.peek(begin + 640, 64, frame));
        BOOST_TEST(frame == 0u);
        events.pop();
    }
}

BOOST_AUTO_TEST_CASE(senseless_messages_are_left_out) {
    DeviceEvents events;
    events.push(0, {});
    events.push(0, std::vector<std::byte>(1000));
    uint32_t frame = 0;
    BOOST_TEST(!events.peek(64, 64, frame));
    events.push(0, std::vector<std::byte>(408, std::byte{8})); // size of a MIDI tuning dump
    const auto* const event = events.peek(64, 64, frame);
    BOOST_REQUIRE(event);
    BOOST_TEST(event->size == 408u);
    BOOST_TEST((event->bytes[407] == std::byte{8}));
}

BOOST_AUTO_TEST_CASE(sources_are_followed_as_they_come_and_go) {
    const JackServer server;
    BOOST_REQUIRE_MESSAGE(server.up(), server.log());
    std::mutex mutex;
    std::vector<std::vector<std::byte>> received;
    const auto devices = make_midi_devices(
        [&](std::span<const std::byte> bytes) {
            const std::lock_guard lock(mutex);
            received.emplace_back(bytes.begin(), bytes.end());
        },
        MidiSystem::jack);
    const std::regex pattern("prob", std::regex::extended | std::regex::icase);
    BOOST_TEST(devices->open_matching(pattern).empty());
    for (int round = 0; round < 2; ++round) { // unplugged and plugged in again
        auto probe = std::make_unique<JackProbe>();
        BOOST_TEST(devices->open_matching(std::regex("another")).empty());
        const auto opened = devices->open_matching(pattern);
        BOOST_REQUIRE(opened.size() == 1u);
        BOOST_TEST(opened.front() == probe->midi_out());
        BOOST_TEST(devices->open_matching(pattern).empty());
        probe->play_and_record({{100, {0x90, 69, 110}}, {200, {0x80, 69, 0}}}, 9600);
        probe.reset();
        devices->open_matching(pattern);
        BOOST_TEST(devices->open_names().empty());
    }
    const std::lock_guard lock(mutex);
    BOOST_REQUIRE(received.size() == 4u);
    BOOST_TEST((received[0] == midi_message(0x90, 69, 110)));
    BOOST_TEST((received[3] == midi_message(0x80, 69, 0)));
}

int main(int count, char** arguments) {
    if (!have({"jackd", "jack_wait"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
