// SPDX-License-Identifier: GPL-3.0-or-later
// Tests SamplerProcess with an LV2 instrument that crashes.
#define BOOST_TEST_MODULE sampler
#include <boost/test/unit_test.hpp>

#include "models/audio/io/audio.h"
#include "models/audio/sources/sampler_process.h"
#include "tests/host/support/process.h"
#include "tests/plugin/engine/support/synthetic_bank.h"

#include <chrono>

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
