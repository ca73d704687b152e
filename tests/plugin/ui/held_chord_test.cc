// SPDX-License-Identifier: GPL-3.0-or-later
// A chord that is held while the bake service writes finer and finer banks, which the plugin loads as a window tells
// it.
#define BOOST_TEST_MODULE held_chord
#include <boost/test/unit_test.hpp>

#include "common/units.h"
#include "plugin/ui/baking/bake_client.h"
#include "tests/plugin/engine/support/measure.h"
#include "tests/plugin/engine/support/synthetic_bank.h"
#include "tests/plugin/lv2/raw_host.h"
#include "tests/plugin/ui/bake_service.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <span>
#include <thread>

using namespace timbrel;
using namespace timbrel::test;

namespace {

constexpr uint32_t block = 512;
constexpr int lowest = 60;

std::vector<std::string> recipe(const std::string& output) {
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    return {"--line",       font + ":0:71", font + ":0:19", "--grid", "6",  "--pitches", "60,74",
            "--velocities", "60,90",        "--seconds",    "1",      "-o", output};
}

void press_chord(RawHost& host) {
    for (const uint8_t key : {uint8_t{lowest}, uint8_t{67}, uint8_t{76}}) host.midi(0, {0x90, key, 100});
}

// The frequency near C4, in cents.
double pitch(std::span<const float> sound) {
    double best = 0, strongest = 0;
    for (double cents = -10; cents <= 10; cents += 0.25)
        if (const double amplitude = fit_sinusoid(sound, note_to_hertz(lowest + cents / 100)).amplitude;
            amplitude > strongest) {
            strongest = amplitude;
            best = cents;
        }
    return best;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_held_chord_goes_on_through_a_whole_bake) {
    const TemporaryFolder folder;
    const BakeServiceFolder service(folder.file(""));
    const std::string bank = folder.file("finer.timbrel"), first = folder.file("first.timbrel");
    ui::BakeClient client;
    client.start(recipe(bank));
    RawHost changing, steady; // the second one plays the first bank throughout
    size_t banks = 0;
    bool finished = false;
    while (client.running() && !finished) {
        while (const auto message = client.next_message()) {
            BOOST_REQUIRE_MESSAGE(!message->contains("error"), message->dump());
            finished = message->contains("finished");
            if (!message->contains("bank")) continue;
            if (++banks == 1) {
                std::filesystem::copy_file(bank, first);
                for (const auto& [host, path] : {std::pair(&changing, bank), {&steady, first}}) {
                    host->activate();
                    host->set_bank(path);
                    BOOST_REQUIRE(host->wait_for_bank());
                    host->left.clear();
                    press_chord(*host);
                }
            } else {
                changing.set_bank(bank);
            }
        }
        if (banks > 0)
            for (RawHost* const host : {&changing, &steady}) host->run(block);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    BOOST_TEST(banks >= 3u);
    for (int i = 0; i < 200; ++i) // the last bank is loaded
        for (RawHost* const host : {&changing, &steady}) {
            host->run(block);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    BOOST_REQUIRE(changing.left.size() == steady.left.size());
    BOOST_REQUIRE(changing.left.size() > 96000u);
    double difference = 0;
    for (size_t i = 0; i < steady.left.size(); ++i)
        difference = std::max(difference, std::fabs(double{changing.left[i]} - steady.left[i]));
    BOOST_TEST(db(difference + 1e-9) < -60, db(difference + 1e-9) << " dBFS");
    const std::span<const float> sound(changing.left);
    for (size_t at = 24000; at + 24000 < sound.size(); at += 24000) {
        BOOST_TEST(peak(sound.subspan(at, 4800)) > 0.01); // no gap
        BOOST_TEST(std::fabs(pitch(sound.subspan(at, 24000)) - pitch(sound.subspan(24000, 24000))) <= 1);
    }
}
