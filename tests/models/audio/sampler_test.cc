// The process that plays LV2 instruments for the baker, when the instrument crashes.
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

// Other samplers are children of the same program: none of them may be waited for.
BOOST_AUTO_TEST_CASE(a_crash_is_told_again_and_touches_no_other_process) {
    const test::TemporaryFolder folder;
    test::Child other({"sleep", "20"}, folder.file("other"));
    const auto start = std::chrono::steady_clock::now();
    {
        SamplerProcess sampler("urn:timbrel:test:crashes-on-playing", 48000);
        BOOST_TEST(!sampler.answer(host::ReplyKind::description, "while it was loaded").empty());
        for (int again = 0; again < 3; ++again) {
            sampler.ask({60, 100, 48000, 4800});
            BOOST_CHECK_EXCEPTION(sampler.answer(host::ReplyKind::sound, again ? "later" : "while it played"),
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
