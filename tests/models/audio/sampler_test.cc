// SPDX-License-Identifier: GPL-3.0-or-later
// Tests SamplerProcess with an LV2 instrument that crashes, and with one whose controls are set.
#define BOOST_TEST_MODULE sampler
#include <boost/test/unit_test.hpp>

#include "models/audio/io/audio.h"
#include "models/audio/sources/sampler_process.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <chrono>
#include <limits>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::audio;

// The program may have other child processes; they must not be waited for.
BOOST_AUTO_TEST_CASE(a_crash_is_reported_again_and_affects_no_other_process) {
    const test::TemporaryFolder folder;
    test::Child other({"sleep", "20"}, folder.file("other"));
    const auto start = std::chrono::steady_clock::now();
    {
        SamplerProcess sampler("urn:timbrel:test:crashes-on-playing", 48000);
        BOOST_TEST(!sampler.receive_reply(host::ReplyKind::description, "while it was loaded").empty());
        for (int again = 0; again < 3; ++again) {
            sampler.request_note({60, 100, 48000, 4800});
            BOOST_CHECK_EXCEPTION(sampler.receive_reply(host::ReplyKind::sound, again ? "later" : "while it played"),
                                  AudioError, [](const AudioError& error) {
                                      const std::string text = error.what();
                                      BOOST_TEST_INFO(text);
                                      return text.find("crashed while it played (Floating") != std::string::npos;
                                  });
        }
    }
    BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(15)));
    BOOST_TEST(other.alive());
}

BOOST_AUTO_TEST_CASE(controls_hold_for_all_later_notes_and_wrong_ones_are_refused) {
    // The instrument's constant output is its level.
    SamplerProcess sampler("urn:timbrel:test:constant", 48000);
    sampler.receive_reply(host::ReplyKind::description, "while it was loaded");
    const auto level = [&] {
        sampler.request_note({60, 100, 4800, 480});
        return sampler.receive_sound(48000).left.at(2000);
    };
    BOOST_TEST(level() == 0.25f); // the default
    sampler.set_controls({{"level", 0.5f}});
    BOOST_TEST(level() == 0.5f);
    BOOST_TEST(level() == 0.5f);

    const auto says = [](const std::string& part) {
        return [part](const AudioError& error) { return std::string(error.what()).find(part) != std::string::npos; };
    };
    BOOST_CHECK_EXCEPTION(sampler.set_controls({{"level", 0.1f}, {"levle", 1}}), AudioError,
                          says("no control input \"levle\""));
    BOOST_CHECK_EXCEPTION(sampler.set_controls({{"out", 1}}), AudioError, says("no control input \"out\""));
    BOOST_CHECK_THROW(sampler.set_controls({{"level", std::numeric_limits<float>::quiet_NaN()}}), AudioError);
    BOOST_TEST(level() == 0.5f); // stays

    sampler.set_controls({{"level", 7}});
    BOOST_TEST(level() == 1); // the port's end
    sampler.set_controls({{"level", 0.4f}, {"steps", 1.6f}});
    BOOST_TEST(level() == 0.2f); // a whole number: two steps
    sampler.set_controls({});
    BOOST_TEST(level() == 0.25f);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_too_long_is_refused) {
    SamplerProcess sampler("urn:timbrel:test:constant", 48000);
    sampler.receive_reply(host::ReplyKind::description, "while it was loaded");
    BOOST_CHECK_EXCEPTION(sampler.set_controls({{std::string(host::max_request_bytes, 'x'), 1}}), AudioError,
                          [](const AudioError& error) {
                              return std::string(error.what()).find("longer than 65536 bytes") != std::string::npos;
                          });
}
