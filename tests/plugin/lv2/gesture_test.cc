// SPDX-License-Identifier: GPL-3.0-or-later
// Gestures in the plugin: they follow the host's transport, and states restore them.
#define BOOST_TEST_MODULE gesture
#include <boost/test/unit_test.hpp>

#include "host/lv2/atoms/position_forge.h"
#include "host/lv2/instance.h"
#include "host/lv2/state.h"
#include "plugin/lv2/shared/gesture_bytes.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/lv2/raw_host.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

using namespace timbrel::test;
using namespace timbrel;
using namespace timbrel::engine;

namespace {

struct ToneBank {
    ToneBank() { write_tone_bank(bank); }
    TemporaryFolder folder;
    std::string bank = folder.file("tones.timbrel");
};

struct Host : RawHost {
    Host() { activate(); }
    void set_song_position(const host::TransportPosition& at, uint32_t frame = 0) {
        const LV2_Atom& atom = forge.write(at);
        const auto* const bytes = reinterpret_cast<const uint8_t*>(&atom + 1);
        event(frame, atom.type, {bytes, bytes + atom.size});
    }
    host::PositionForge forge{urids};
};

// From west to east in one second. The third partial of a note shows the position.
Gesture ramp() { return {0.0, 0.0, {gesture_point(0, {0, 0}), gesture_point(1000000, {1, 0})}}; }

RawHost::State state_with(RawHost::State state, const std::vector<uint8_t>& gesture, host::UridTable& urids) {
    state[lv2::gesture_property] = {{gesture.begin(), gesture.end()}, urids.map(LV2_ATOM__Chunk), LV2_STATE_IS_POD};
    return state;
}

double third_partial(std::span<const float> sound) {
    return fit_sinusoid(sound, 1320).amplitude / fit_sinusoid(sound, 440).amplitude;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_recorded_gesture_is_saved_and_plays_the_same_in_every_export, ToneBank) {
    Host host;
    host.set_bank(bank);
    BOOST_REQUIRE(host.wait_for_bank());
    host.control("gesture") = 1;
    host.control("glide") = 5;
    for (int tick = 0; tick < 600; ++tick) {
        host.control("x") = static_cast<float>(0.5 + 0.5 * std::sin(tick * 0.02));
        host.run(64);
    }
    host.control("gesture") = 0;
    host.run(64);
    const auto state = host.save();
    BOOST_TEST_REQUIRE(state.contains(lv2::gesture_property));
    const auto& bytes = state.at(lv2::gesture_property).bytes;
    const auto gesture = lv2::read_gesture({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    BOOST_TEST_REQUIRE(gesture.has_value());
    BOOST_TEST(gesture->points.size() > 20u);

    std::vector<std::vector<float>> exports;
    for (const uint32_t block : {64u, 64u, 512u}) {
        Host again;
        again.restore(state);
        again.control("freewheel") = 1;
        again.control("gesture") = 2;
        again.set_song_position({true, 96000, 120, 4, 4});
        again.midi(0, {0x90, 69, 110});
        again.play(48000, block);
        exports.push_back(again.left);
        BOOST_TEST((again.save().at(lv2::gesture_property).bytes == bytes));
    }
    BOOST_TEST(peak(exports[0]) > 0.1);
    BOOST_TEST((exports[0] == exports[1]));
    BOOST_TEST((exports[0] == exports[2]));
}

BOOST_FIXTURE_TEST_CASE(the_host_is_notified_of_a_recorded_gesture, ToneBank) {
    Host host;
    host.restore(state_with({}, lv2::gesture_bytes(ramp()), host.urids));
    host.run(64);
    host.control("gesture") = 1;
    for (int tick = 0; tick < 100; ++tick) {
        host.control("x") = static_cast<float>(tick % 2);
        host.run(64);
        BOOST_TEST(host.state_changes == 0);
    }
    host.control("gesture") = 2;
    host.play(640);
    BOOST_TEST(host.state_changes == 1);
}

BOOST_FIXTURE_TEST_CASE(a_state_that_comes_while_a_gesture_records_is_kept, ToneBank) {
    const auto good = lv2::gesture_bytes(ramp());
    for (const bool runs_between : {true, false}) {
        Host host;
        host.control("gesture") = 1;
        for (int tick = 0; tick < 100; ++tick) {
            host.control("x") = static_cast<float>(tick % 2);
            host.run(64);
        }
        host.restore(state_with({}, good, host.urids));
        if (runs_between) host.play(640);
        host.control("gesture") = 2;
        host.play(640);
        BOOST_TEST((host.save().at(lv2::gesture_property).bytes == std::string(good.begin(), good.end())));
        // A later recording replaces the restored gesture.
        host.control("gesture") = 1;
        host.play(128);
        host.control("x") = 0.25f;
        host.play(6400);
        host.control("gesture") = 2;
        host.play(640);
        BOOST_TEST((host.save().at(lv2::gesture_property).bytes != std::string(good.begin(), good.end())));
    }
}

BOOST_FIXTURE_TEST_CASE(the_gesture_follows_the_hosts_transport, ToneBank) {
    Host plain;
    plain.set_bank(bank);
    BOOST_REQUIRE(plain.wait_for_bank());
    const auto state = state_with(plain.save(), lv2::gesture_bytes(ramp()), plain.urids);
    const auto play = [&](bool by_bars) {
        Host host;
        host.restore(state_with(state, lv2::gesture_bytes(ramp()), host.urids));
        host.control("freewheel") = 1;
        host.control("gesture") = 2;
        host.control("gesture_sync") = 5; // four beats
        host.control("y") = 0;
        host.midi(0, {0x90, 69, 110});
        if (by_bars) { // as hosts that send only bars, with other atom types
            const auto put = [](std::vector<uint8_t>& body, const auto& value) {
                const auto* const from = reinterpret_cast<const uint8_t*>(&value);
                body.insert(body.end(), from, from + sizeof value);
                body.resize((body.size() + 7) / 8 * 8);
            };
            const auto property = [&](std::vector<uint8_t>& body, const char* key, const char* type, auto value) {
                const uint32_t head[] = {host.urids.map(key), 0, sizeof value, host.urids.map(type)};
                put(body, head);
                put(body, value);
            };
            std::vector<uint8_t> body;
            put(body, LV2_Atom_Object_Body{0, host.urids.map("http://lv2plug.in/ns/ext/time#Position")});
            property(body, "http://lv2plug.in/ns/ext/time#speed", LV2_ATOM__Double, 1.0);
            property(body, "http://lv2plug.in/ns/ext/time#bar", LV2_ATOM__Int, int32_t{3});
            property(body, "http://lv2plug.in/ns/ext/time#barBeat", LV2_ATOM__Float, 1.0f);
            property(body, "http://lv2plug.in/ns/ext/time#beatsPerBar", LV2_ATOM__Int, int32_t{3});
            property(body, "http://lv2plug.in/ns/ext/time#beatsPerMinute", LV2_ATOM__Float, 60.0f);
            host.event(0, host.urids.map(LV2_ATOM__Object), body);
        } else {
            host.set_song_position({true, 480000, 60, 10, 3});
        }
        host.play(48000);
        return host.left;
    };
    const auto sound = play(false); // from beat 10 to beat 11: from 1/2 to 3/4 of the gesture
    // The third partial's amplitude rises from 0 in the west to 1 in the east.
    BOOST_TEST(std::abs(third_partial(std::span(sound).subspan(24000, 2400)) - 2.525 / 4) < 0.01);
    BOOST_TEST(std::abs(third_partial(std::span(sound).subspan(43200, 2400)) - 2.925 / 4) < 0.01);
    BOOST_TEST((play(true) == sound));
}

BOOST_FIXTURE_TEST_CASE(a_state_file_keeps_the_gesture, ToneBank) {
    host::World world;
    host::UridTable urids;
    const host::InstanceOptions instance_options{48000, 64, 64, host::Worker::Mode::offline};
    const auto run = [](host::Instance& instance, int blocks) {
        for (int i = 0; i < blocks; ++i) instance.begin_block(), instance.run(64);
    };
    {
        host::Instance instance(world, world.timbrel_plugin(), urids, instance_options);
        instance.activate();
        instance.send_control(instance.find("gesture")->index, 1);
        run(instance, 2);
        instance.send_control(instance.find("x")->index, 1);
        run(instance, 100);
        instance.send_control(instance.find("gesture")->index, 2);
        run(instance, 2);
        host::save_state(world, urids, instance, folder.file("state.ttl"));
    }
    host::Instance instance(world, world.timbrel_plugin(), urids, instance_options);
    instance.activate();
    host::load_state(world, urids, instance, folder.file("state.ttl"));
    run(instance, 2);
    BOOST_TEST(instance.control(instance.find("gesture")->index) == 2.0f);
    host::save_state(world, urids, instance, folder.file("again.ttl"));
    const auto text = [&](const char* name) {
        std::ifstream file(folder.file(name));
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    BOOST_TEST(text("state.ttl").find("base64Binary") != std::string::npos);
    BOOST_TEST(text("state.ttl") == text("again.ttl"));
}

BOOST_FIXTURE_TEST_CASE(invalid_gestures_are_ignored, ToneBank) {
    const auto good = lv2::gesture_bytes(ramp());
    BOOST_TEST((lv2::read_gesture(good) == ramp()));
    auto huge = good, version = good, motionless = good;
    huge[7] = 0xff;
    version[0] = 9;
    std::memset(motionless.data() + 24, 0, 16);
    const auto not_finite = lv2::gesture_bytes({std::numeric_limits<double>::quiet_NaN(), 0.0, ramp().points});
    for (const auto& bad : {huge, version, motionless, not_finite, std::vector<uint8_t>(good.begin(), good.end() - 1),
                            std::vector<uint8_t>(7), std::vector<uint8_t>()}) {
        BOOST_TEST(!lv2::read_gesture(bad));
        Host host;
        host.restore(state_with({}, good, host.urids));
        host.restore(state_with({}, bad, host.urids));
        host.control("gesture") = 2;
        host.play(640);
        BOOST_TEST(host.save().at(lv2::gesture_property).bytes == std::string(good.begin(), good.end()));
    }
    // Extreme song positions.
    Host host;
    host.restore(state_with({}, good, host.urids));
    host.control("gesture") = 2;
    for (const float sync : {0.0f, 1.0f, 5.0f})
        for (const double beat : {0.0, -1e300, std::numeric_limits<double>::quiet_NaN()})
            for (const double tempo : {-1.0, 1e30, std::numeric_limits<double>::infinity(), 120.0}) {
                host.control("gesture_sync") = sync;
                host.set_song_position({true, std::numeric_limits<int64_t>::max(), tempo, beat, 3.0f}, 70);
                host.play(640);
            }
    for (const float sample : host.left) BOOST_TEST_REQUIRE(sample == 0.0f);
}

BOOST_FIXTURE_TEST_CASE(a_preset_leaves_the_gesture_and_another_session_does_not, ToneBank) {
    Host host;
    host.set_bank(bank);
    BOOST_REQUIRE(host.wait_for_bank());
    const auto without = host.save();
    BOOST_TEST(!without.contains(lv2::gesture_property));
    host.restore(state_with({}, lv2::gesture_bytes(ramp()), host.urids));
    BOOST_TEST(host.save().contains(lv2::gesture_property));
    host.restore({});
    BOOST_TEST(host.save().contains(lv2::gesture_property));
    host.restore(without);
    BOOST_TEST(!host.save().contains(lv2::gesture_property));
}

BOOST_FIXTURE_TEST_CASE(the_window_exchanges_the_gesture_through_files, ToneBank) {
    const std::string out = folder.file("out"), in = folder.file("in");
    const auto write = [&](const std::vector<uint8_t>& bytes) {
        std::ofstream(in, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
    };
    Host host;
    host.control("freewheel") = 1; // the host waits for the worker thread
    const auto exchange = [&](const char* property, const std::string& path) {
        host.set_path(property, path);
        host.play(640);
    };
    write(lv2::gesture_bytes(ramp()));
    const int changes = host.state_changes;
    exchange(lv2::gesture_import_property, in);
    BOOST_TEST(host.state_changes == changes + 1);
    BOOST_TEST(host.save().contains(lv2::gesture_property));
    exchange(lv2::gesture_export_property, out);
    std::ifstream file(out, std::ios::binary);
    const std::vector<uint8_t> bytes{std::istreambuf_iterator<char>(file), {}};
    BOOST_TEST(bytes == lv2::gesture_bytes(ramp()), boost::test_tools::per_element());
    // What is no gesture changes nothing; an empty file is none.
    write({1, 2, 3});
    exchange(lv2::gesture_import_property, in);
    exchange(lv2::gesture_import_property, folder.file("missing"));
    exchange(lv2::gesture_import_property, folder.file(""));
    exchange(lv2::gesture_export_property, folder.file("missing/out"));
    BOOST_TEST(host.save().contains(lv2::gesture_property));
    write({});
    exchange(lv2::gesture_import_property, in);
    BOOST_TEST(!host.save().contains(lv2::gesture_property));
}
