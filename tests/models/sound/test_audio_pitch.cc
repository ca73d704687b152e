#include "models/sound/detect_pitch.h"
#include "models/sound/source.h"
#include "tests/models/sound/test_sound.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

namespace timbrel {
namespace {

// Partials that fall by 6 dB an octave, of a string with inharmonicity B.
Audio tone(double hertz, double seconds, double stiffness = 0) {
    Audio audio{48000, std::vector<float>(static_cast<size_t>(seconds * 48000)), {}};
    for (int k = 1; k <= 40; ++k) {
        const double partial = k * hertz * std::sqrt(1 + stiffness * k * k);
        if (partial > 20000) break;
        for (size_t i = 0; i < audio.left.size(); ++i)
            audio.left[i] += static_cast<float>(
                0.2 / k * std::sin(2 * std::numbers::pi * partial * static_cast<double>(i) / 48000 + k));
    }
    audio.right = audio.left;
    return audio;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pitch)

BOOST_AUTO_TEST_CASE(names_and_numbers) {
    BOOST_TEST(pitch_name(60) == "C4");
    BOOST_TEST(pitch_name(1) == "C#-1");
    BOOST_TEST(pitch_of(440) == 69.0);
    BOOST_TEST(hertz_of(81) == 880.0);
}

BOOST_AUTO_TEST_CASE(tones_are_found_to_a_cent_over_the_whole_range) {
    for (double hertz = 30; hertz < 4000; hertz *= 1.37) {
        for (const Audio& audio : {sine(hertz, 0.8), tone(hertz, 0.8)}) {
            const auto found = detect_pitch(audio);
            BOOST_REQUIRE(found);
            BOOST_TEST(std::abs(found->pitch - pitch_of(hertz)) * 100 < 1.5,
                       hertz << " Hz found as " << hertz_of(found->pitch));
            BOOST_TEST(found->confidence > 0.9);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_stiff_string_and_a_little_noise_do_not_mislead) {
    for (const double hertz : {41.2, 110.0, 523.25}) {
        Audio audio = tone(hertz, 1.0, 3e-4);
        std::mt19937 random(1);
        std::normal_distribution<float> noise(0, 0.01f);
        for (float& sample : audio.left) sample += noise(random);
        const auto found = detect_pitch(audio);
        BOOST_REQUIRE(found);
        BOOST_TEST(std::abs(found->pitch - pitch_of(hertz)) * 100 < 12);
    }
}

BOOST_AUTO_TEST_CASE(opposite_channels_do_not_cancel_the_pitch) {
    Audio audio = sine(220, 0.5);
    for (float& sample : audio.right) sample = -sample;
    const auto found = detect_pitch(audio);
    BOOST_REQUIRE(found);
    BOOST_TEST(std::abs(found->pitch - 57) < 0.01);
}

BOOST_AUTO_TEST_CASE(silence_noise_and_a_single_sample_have_no_sure_pitch) {
    BOOST_TEST(!detect_pitch(Audio{48000, std::vector<float>(48000), std::vector<float>(48000)}));
    BOOST_TEST(!detect_pitch(Audio{48000, {0.5f}, {0.5f}}));
    BOOST_TEST(!detect_pitch(Audio{48000, {}, {}}));
    std::mt19937 random(2);
    std::normal_distribution<float> draw(0, 0.1f);
    Audio noise{48000, std::vector<float>(48000), {}};
    for (float& sample : noise.left) sample = draw(random);
    noise.right = noise.left;
    const auto found = detect_pitch(noise);
    BOOST_TEST((!found || found->confidence < 0.5));
}

BOOST_AUTO_TEST_CASE(notes_of_real_instruments_are_found) {
    const std::string font = "/usr/share/sounds/sf2/FluidR3_GM.sf2";
    if (!std::filesystem::exists(font)) {
        BOOST_TEST_MESSAGE("left out: needs fluid-soundfont-gm");
        return;
    }
    int notes = 0, found = 0, octaves = 0;
    for (const int program :
         {0, 4, 6, 11, 12, 21, 24, 32, 38, 40, 48, 53, 56, 57, 60, 68, 70, 71, 73, 79, 81, 104, 106}) {
        const auto source = open_soundfont(font, 0, program);
        for (const int pitch : {26, 36, 45, 54, 58, 67, 76, 86, 98}) {
            const Recording recording = source->note(pitch, 90, 0.8, 0.1);
            if (*std::ranges::max_element(recording.audio.left) < 1e-3f) continue;
            const auto heard = detect_pitch(recording.audio);
            const double cents = heard ? (heard->pitch - pitch) * 100 : 1e6;
            ++notes;
            found += std::abs(cents) <= 20;
            const bool octave = std::abs(cents) > 20 && std::abs(std::remainder(cents, 1200)) <= 30;
            octaves += octave;
            if (std::abs(cents) > 20) BOOST_TEST_MESSAGE(source->name() << " " << pitch << ": " << cents << " cents");
        }
    }
    BOOST_TEST_MESSAGE(found << " of " << notes << " notes within 20 cents, " << octaves << " wrong by octaves");
    BOOST_TEST(notes > 150);
    BOOST_TEST(found >= 0.98 * notes);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel
