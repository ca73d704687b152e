// SPDX-License-Identifier: GPL-3.0-or-later
// The plugin in a host that makes the mistakes that real hosts make.
#define BOOST_TEST_MODULE bad_host
#include <boost/test/unit_test.hpp>

#include "plugin/engine/motion/gesture.h"
#include "plugin/lv2/shared/gesture_bytes.h"
#include "plugin/lv2/shared/tuning_bytes.h"
#include "tests/host/support/songs.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/lv2/raw_host.h"

#include <lv2/state/state.h>
#include <lv2/worker/worker.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <thread>

using namespace timbrel::test;
using namespace timbrel;
using namespace timbrel::engine;

namespace {

struct ToneBank {
    ToneBank() { write_tone_bank(path); }
    TemporaryFolder folder;
    std::string path = folder.file("tones.timbrel");
};

// Loads the bank and drops the output so far.
void load(RawHost& host, const std::string& bank) {
    host.set_bank(bank);
    BOOST_REQUIRE(host.wait_for_bank());
    host.left.clear();
    host.right.clear();
}

double third_partial(std::span<const float> sound) {
    return db(fit_sinusoid(sound, 1320).amplitude / fit_sinusoid(sound, 440).amplitude);
}

} // namespace

BOOST_FIXTURE_TEST_CASE(blocks_of_any_length_sound_the_same, ToneBank) {
    std::vector<float> reference;
    for (const uint32_t block : {64u, 1u, 0u}) { // 0: varying lengths, including empty blocks
        RawHost host;
        host.activate();
        load(host, path);
        host.deactivate();
        host.activate();
        uint32_t lengths[] = {3, 500, 1, 0, 64, 33, 4096, 17}, next = 0;
        host.midi(0, {0x90, 69, 100});
        while (host.left.size() < 9600) {
            const uint32_t length = block > 0 ? block : lengths[next++ % std::size(lengths)];
            host.run(std::min<uint32_t>(length, static_cast<uint32_t>(9600 - host.left.size())));
        }
        if (reference.empty()) reference = host.left;
        double difference = 0;
        for (size_t i = 0; i < reference.size(); ++i)
            difference = std::max(difference, std::fabs(double{reference[i]} - host.left[i]));
        BOOST_TEST(peak(host.left) > 0.1);
        BOOST_TEST(difference < 2e-6, "block " << block << ": " << difference);
    }
}

BOOST_FIXTURE_TEST_CASE(all_audio_ports_may_share_a_buffer, ToneBank) {
    RawHost host(lv2::morph_cv_uri);
    host.activate();
    load(host, path);
    std::vector<float> shared(512);
    for (const uint32_t port : {lv2::port_out_left, lv2::port_out_right, lv2::port_x_cv, lv2::port_y_cv})
        host.connect(port, shared.data());
    host.midi(0, {0x90, 69, 100});
    for (int i = 0; i < 50; ++i) {
        host.run(512);
        for (const float sample : shared) BOOST_REQUIRE(std::isfinite(sample));
    }
}

BOOST_FIXTURE_TEST_CASE(a_state_may_come_before_activation_and_without_features, ToneBank) {
    RawHost host;
    const LV2_URID type = host.urids.map(LV2_ATOM__Path);
    host.restore({{lv2::bank_property, {path, type, 0}}}); // the path has no NUL
    host.activate();
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(host.left) > 0.1);
    BOOST_TEST(host.properties[lv2::bank_property] == path);
    BOOST_TEST(host.properties[lv2::message_property] == "");
}

BOOST_FIXTURE_TEST_CASE(a_path_may_lack_its_nul, ToneBank) {
    RawHost host;
    host.activate();
    host.set_bank(path, false);
    BOOST_TEST(host.wait_for_bank());
    BOOST_TEST(host.properties[lv2::bank_property] == path);
}

BOOST_FIXTURE_TEST_CASE(a_full_notify_port_is_not_overrun, ToneBank) {
    RawHost host;
    host.activate();
    host.set_bank(path);
    for (const uint32_t capacity : {8u, 16u, 24u, 40u, 64u, 96u, 120u}) {
        host.notify_capacity = capacity;
        for (int i = 0; i < 20; ++i) {
            host.run(64);
            host.get();
            BOOST_REQUIRE(!host.notify_overrun());
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        if (capacity <= 64) BOOST_TEST(host.properties.empty());
    }
    // The postponed notification follows once there is space.
    host.notify_capacity = 8192;
    host.run(64);
    BOOST_TEST(host.properties[lv2::bank_property] == path);
}

BOOST_FIXTURE_TEST_CASE(properties_are_answered, ToneBank) {
    RawHost host;
    host.activate();
    host.get();
    host.run(64);
    BOOST_TEST(host.properties.at(lv2::bank_property) == "");
    load(host, path);
    host.properties.clear();
    host.get(lv2::bank_property);
    host.run(1);
    BOOST_TEST(host.properties.at(lv2::bank_property) == path);
    BOOST_TEST(!host.properties.contains(lv2::message_property));
}

BOOST_FIXTURE_TEST_CASE(a_file_that_changes_is_reported_once, ToneBank) {
    RawHost host;
    host.activate();
    load(host, path);
    std::ifstream file(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    host.midi(0, {0x90, 69, 100});
    std::filesystem::resize_file(path, 5000);
    BOOST_TEST(host.wait_for(lv2::message_property));
    BOOST_TEST(host.properties[lv2::message_property].find(path + ": changed on the disk") == 0u);
    BOOST_TEST(!host.wait_for(lv2::message_property, 2.5));
    host.left.clear();
    host.play(4800);
    BOOST_TEST(peak(host.left) > 0.1); // all of it is in memory
    std::ofstream(path, std::ios::binary) << bytes;
    BOOST_TEST(host.wait_for(lv2::message_property));
    BOOST_TEST(host.properties[lv2::message_property] == "");
    BOOST_TEST(host.state_changes == 1); // by loading the bank
}

BOOST_FIXTURE_TEST_CASE(a_bank_that_does_not_open_leaves_the_current_one, ToneBank) {
    RawHost host;
    host.activate();
    load(host, path);
    host.set_bank(folder.file("none.timbrel"));
    BOOST_TEST(host.wait_for_bank());
    BOOST_TEST(host.properties[lv2::bank_property] == path);
    BOOST_TEST(host.properties[lv2::message_property].find("none.timbrel") != std::string::npos);
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(host.left) > 0.1);
    host.set_bank("");
    BOOST_TEST(host.wait_for_bank());
    BOOST_TEST(host.properties[lv2::bank_property] == "");
    BOOST_TEST(host.save().empty());
}

BOOST_FIXTURE_TEST_CASE(nan_and_infinity_on_the_ports_do_no_harm, ToneBank) {
    RawHost host;
    host.activate();
    load(host, path);
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    const double before = fit_sinusoid(std::span(host.left).last(2400), 440).amplitude;
    for (const float bad :
         {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
        std::vector<float> saved;
        for (const ParameterInfo& parameter : parameters) {
            saved.push_back(host.control(parameter.symbol));
            host.control(parameter.symbol) = bad;
        }
        host.control("enabled") = std::nanf("");
        host.play(4800);
        for (size_t i = 0; i < parameter_count; ++i) host.control(parameters[i].symbol) = saved[i];
        host.control("enabled") = 1;
        host.play(4800);
    }
    for (const float sample : host.left) BOOST_REQUIRE(std::isfinite(sample));
    BOOST_TEST(std::fabs(fit_sinusoid(std::span(host.left).last(2400), 440).amplitude / before - 1) < 0.01);
}

BOOST_FIXTURE_TEST_CASE(senseless_events_do_no_harm, ToneBank) {
    RawHost host;
    host.activate();
    load(host, path);
    const LV2_URID object = host.urids.map(LV2_ATOM__Object);
    host.event(0, object, {});
    host.event(0, object, {1, 2, 3, 4});
    host.event(0, object,
               {0, 0, 0, 0, static_cast<uint8_t>(host.urids.map("http://lv2plug.in/ns/ext/patch#Set")), 0, 0, 0});
    host.event(0, 4711, std::vector<uint8_t>(100, 0xff));
    host.midi(0, {});
    host.midi(0, {0x90});
    host.midi(99999, {0xf0, 0x7e, 0xf7});
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(host.left) > 0.1);
}

BOOST_FIXTURE_TEST_CASE(sixty_four_instances_live_together, ToneBank) {
    std::vector<std::unique_ptr<RawHost>> hosts;
    for (int i = 0; i < 64; ++i) {
        hosts.push_back(std::make_unique<RawHost>());
        hosts.back()->activate();
        hosts.back()->set_bank(path);
        hosts.back()->run(64);
    }
    for (auto& host : hosts) {
        if (host->properties[lv2::bank_property] != path) BOOST_TEST(host->wait_for_bank());
        host->left.clear();
        host->midi(0, {0x90, 69, 100});
        host->play(2400);
        BOOST_TEST(peak(host->left) > 0.1);
    }
}

BOOST_FIXTURE_TEST_CASE(two_threads_restore_while_a_third_plays, ToneBank) {
    const std::string other = folder.file("other.timbrel");
    write_tone_bank(other, 0.1);
    RawHost host;
    host.activate();
    load(host, path);
    const LV2_URID type = host.urids.map(LV2_ATOM__Path);
    const auto gesture = lv2::gesture_bytes({0.0, 0.0, {gesture_point(0, {0, 0}), gesture_point(100000, {1, 1})}});
    const RawHost::Value stored{{gesture.begin(), gesture.end()}, host.urids.map(LV2_ATOM__Chunk), 0};
    const auto tunings = lv2::tuning_bytes(std::array{TuningProgram{.number = 0}, TuningProgram{.number = 130}});
    const RawHost::Value tuned{{tunings.begin(), tunings.end()}, host.urids.map(LV2_ATOM__Chunk), 0};
    std::atomic<int> restoring{2};
    const auto restore = [&](int first) {
        for (int i = first; i < first + 60; ++i) {
            host.restore({{lv2::bank_property, {i % 2 ? path : other, type, 0}},
                          {lv2::gesture_property, stored},
                          {lv2::tunings_property, tuned}});
            host.save();
        }
        --restoring;
    };
    std::thread one(restore, 0), other_one(restore, 1);
    host.midi(0, {0x90, 69, 100});
    for (int i = 0; restoring > 0; ++i) {
        host.control("gesture") = static_cast<float>(1 + i / 20 % 2); // alternately records and plays
        host.control("x") = static_cast<float>(i % 2);
        if (i % 50 == 0) host.set_bank(i % 100 ? path : other);
        host.midi(0, {0xf0, 0x7f, 0, 8, 2, static_cast<uint8_t>(i % 3), 1, 57, 57, 0, 0, 0xf7});
        host.midi(0, {0x90, 57, 100});
        host.midi(16, {0x80, 57, 0});
        host.run(64);
    }
    one.join();
    other_one.join();
    for (const float sample : host.left) BOOST_REQUIRE(std::isfinite(sample));
    BOOST_TEST(peak(host.left) > 0.05);
}

BOOST_FIXTURE_TEST_CASE(freewheeling_waits_for_the_bank, ToneBank) {
    RawHost host;
    host.activate();
    host.control("freewheel") = 1;
    host.set_bank(path);
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(std::span(host.left).first(64)) > 0.1);
}

BOOST_FIXTURE_TEST_CASE(disabling_releases_notes_and_plays_no_new_ones, ToneBank) {
    RawHost host;
    host.activate();
    load(host, path);
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    const double steps = largest_step(host.left);
    host.control("enabled") = 0;
    host.midi(0, {0x90, 81, 100});
    host.play(24000);
    BOOST_TEST(peak(std::span(host.left).last(4800)) < 1e-4);
    BOOST_TEST(largest_step(std::span(host.left).last(24100)) <= steps);
    host.control("enabled") = 1;
    host.midi(0, {0x90, 69, 100});
    host.play(4800);
    BOOST_TEST(peak(std::span(host.left).last(2400)) > 0.1);
}

BOOST_FIXTURE_TEST_CASE(x_and_y_move_by_port_and_by_control_voltage, ToneBank) {
    for (const bool by_cv : {false, true}) {
        RawHost host(by_cv ? lv2::morph_cv_uri : lv2::morph_uri);
        host.activate();
        host.control("x") = host.control("y") = 0;
        load(host, path);
        host.midi(0, {0x90, 69, 100});
        host.play(9600);
        BOOST_TEST(third_partial(std::span(host.left).last(4800)) < -60);
        if (by_cv)
            host.x_cv.fill(1);
        else
            host.control("x") = 1;
        host.play(9600);
        BOOST_TEST(std::fabs(third_partial(std::span(host.left).last(4800))) < 0.5);
        BOOST_TEST(host.control("latency") == 0.0f);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_claimed_that_is_not_there) {
    RawHost host;
    BOOST_TEST(host.extension(LV2_WORKER__interface) == nullptr);
    BOOST_TEST(host.extension("urn:nothing") == nullptr);
    BOOST_TEST(host.extension(LV2_STATE__interface) != nullptr);
}
