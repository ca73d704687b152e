// The plugin in Ardour, without a screen: automated, saved, moved, exported.
#define BOOST_TEST_MODULE ardour
#define BOOST_TEST_NO_MAIN
#include <boost/test/unit_test.hpp>

#include "plugin/engine/motion/gesture.h"
#include "plugin/lv2/shared/gesture_bytes.h"
#include "tests/daws/preset.h"
#include "tests/host/support/process.h"
#include "tests/host/support/songs.h"
#include "tests/host/support/sound_file.h"
#include "tests/plugin/engine/support/measure.h"

#include <cmath>
#include <cstdlib>

using namespace timbrel;
using namespace timbrel::engine;
using namespace timbrel::test;
namespace fs = std::filesystem;

namespace {

std::string base64(const std::vector<uint8_t>& bytes) {
    const char* const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        const size_t count = std::min<size_t>(3, bytes.size() - i);
        uint32_t three = 0;
        for (size_t k = 0; k < 3; ++k) three = three << 8 | (k < count ? bytes[i + k] : 0u);
        for (size_t k = 0; k < 4; ++k) text += k <= count ? digits[three >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

// A4 for a second, C4 for one, A4 for nearly two. A beat is half a second in Ardour, a second in the file.
struct Studio {
    Studio() {
        write_song(song, {{0, 1900, 69, 110}, {2000, 1900, 60, 110}, {4000, 3500, 69, 110}});
        fs::create_directory(folder.file("banks"));
        write_tone_bank(bank);
        setenv("HOME", folder.file("home").c_str(), 1);
        setenv("TIMBREL_BANKS", "", 1);
        const std::string plugins = std::getenv("LV2_PATH");
        setenv("LV2_PATH", (plugins + ":" + folder.file("presets")).c_str(), 1);
    }
    std::string state() const { return "<urn:timbrel:bank> <" + bank + ">"; }
    std::string lua(const std::string& script, const std::vector<std::string>& arguments) const {
        std::vector<std::string> words = {"timeout", "100", "ardour7-lua", std::string(SCRIPTS) + "/" + script};
        words.insert(words.end(), arguments.begin(), arguments.end());
        const Outcome outcome = run(words);
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.out << outcome.err);
        return outcome.out + outcome.err;
    }
    SoundFile exported(const std::string& session) const {
        const std::string wav = folder.file("export.wav");
        Outcome outcome;
        // Ardour 7.3 now and then hangs, or ends with its heap corrupted (seen in ~PortExportChannel): in 1 export of
        // 40 without a plugin, in 6 of 45 with this one, where valgrind finds no wrong write of either.
        for (int attempt = 0; attempt < 5; ++attempt) {
            fs::remove(wav);
            outcome = run({"timeout", "40", "ardour7-export", "-b", "float", "-o", wav, folder.file(session), "song"});
            if (outcome.status == 0) break;
        }
        BOOST_REQUIRE_MESSAGE(outcome.status == 0, outcome.out << outcome.err);
        return SoundFile(wav);
    }

    TemporaryFolder folder;
    std::string song = folder.file("song.mid"), bank = folder.file("banks/tones.timbrel");
};

// The second and third partial beside the first, in the two tenths of a second around a place of the song.
struct Partials {
    Partials(const SoundFile& sound, double seconds, int key) {
        const auto part = sound.part(seconds - 0.1, 0.2);
        const double hertz = key_hertz(key), first = fit(part, hertz).amplitude;
        second = fit(part, 2 * hertz).amplitude / first;
        third = fit(part, 3 * hertz).amplitude / first;
    }
    double second, third;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_session_is_automated_moved_and_exported_alike, Studio) {
    write_preset(folder.file("presets"), "Tones", state(), "[ lv2:symbol \"glide\" ; pset:value 5.0 ]");
    lua("make_session.lua", {folder.file("session"), "song", song, "Tones", "0", "1"});
    const SoundFile first = exported("session");
    for (const auto& [seconds, key] : {std::pair(0.3, 69), {0.8, 69}, {1.3, 60}, {1.8, 60}, {2.5, 69}, {3.2, 69}}) {
        const double hertz = find(first.part(seconds - 0.1, 0.2), key_hertz(key)).hertz;
        BOOST_TEST(std::fabs(cents(hertz, key_hertz(key))) < 1.0, key << " at " << seconds << ": " << hertz);
        // X goes from 0 to 1, and the third partial with it; Y from 1 to 0, and the second with it.
        const Partials partials(first, seconds, key);
        BOOST_TEST(std::fabs(partials.third - seconds / 4) < 0.02, seconds << ": " << partials.third);
        BOOST_TEST(std::fabs(partials.second - (1 - seconds / 4)) < 0.02, seconds << ": " << partials.second);
    }
    const SoundFile second = exported("session");
    BOOST_TEST((second.left == first.left));
    BOOST_TEST((second.right == first.right));

    // To a folder from which Ardour's relative links to the bank lead nowhere.
    fs::create_directory(folder.file("far"));
    fs::rename(folder.file("session"), folder.file("far/moved"));
    BOOST_TEST((exported("far/moved").left == first.left));

    // Without its bank it opens, tells, is saved, and keeps everything for the day that the bank is back.
    const std::string away = folder.file("far/another name.timbrel");
    fs::rename(bank, folder.file("gone"));
    const std::string said = lua("save_again.lua", {folder.file("far/moved"), "song", "6"});
    BOOST_TEST(said.find("tones.timbrel: missing") != std::string::npos, said);
    BOOST_TEST(peak(exported("far/moved").left) == 0.0);
    fs::rename(folder.file("gone"), away);
    const SoundFile back = exported("far/moved");
    BOOST_TEST_REQUIRE(back.left.size() == first.left.size());
    double apart = 0;
    const double softer = std::pow(10.0, -6.0 / 20);
    for (size_t i = 0; i < back.left.size(); ++i)
        apart = std::max(apart, std::fabs(back.left[i] - softer * first.left[i]));
    BOOST_TEST(apart < 1e-4);
}

BOOST_FIXTURE_TEST_CASE(a_gesture_plays_alike_in_every_export, Studio) {
    // To the east and back in two seconds, and again.
    const Gesture gesture{
        0.0, 0.0, {gesture_point(0, {0, 0.5f}), gesture_point(1000000, {1, 0.5f}), gesture_point(2000000, {0, 0.5f})}};
    write_preset(folder.file("presets"), "Gesture",
                 state() + " ; <urn:timbrel:gesture> \"" + base64(lv2::gesture_bytes(gesture)) + "\"^^xsd:base64Binary",
                 "[ lv2:symbol \"gesture\" ; pset:value 2.0 ]");
    lua("make_session.lua", {folder.file("session"), "song", song, "Gesture"});
    const SoundFile first = exported("session");
    for (const auto& [seconds, key, x] : {std::tuple(0.3, 69, 0.3), {0.75, 69, 0.75}, {1.3, 60, 0.7}, {2.4, 69, 0.4}}) {
        const double third = Partials(first, seconds, key).third;
        BOOST_TEST(std::fabs(third - x) < 0.02, seconds << ": " << third);
    }
    BOOST_TEST((exported("session").left == first.left));
}

int main(int count, char** arguments) {
    if (!have({"ardour7-lua", "ardour7-export"})) return skipped;
    return boost::unit_test::unit_test_main(&init_unit_test, count, arguments);
}
