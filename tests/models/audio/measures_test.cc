// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/audio/analysis/spectral_distance.h"

#include "models/audio/analysis/decibels.h"
#include "models/audio/analysis/loop_seam.h"
#include "models/audio/analysis/nearest_layering.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

namespace timbrel::audio {
namespace {

Audio noise(double seconds, int seed, float level = 0.1f) {
    std::mt19937 random(static_cast<unsigned>(seed));
    std::normal_distribution<float> normal(0, level);
    Audio audio{48000, std::vector<float>(static_cast<size_t>(seconds * 48000)), {}};
    audio.right = audio.left;
    for (auto* channel : {&audio.left, &audio.right})
        for (float& sample : *channel) sample = normal(random);
    return audio;
}

template<typename Gain>
Audio shaped(Audio audio, Gain gain) {
    for (size_t i = 0; i < audio.frames(); ++i) {
        const float factor = static_cast<float>(gain(static_cast<double>(i) / audio.rate));
        audio.left[i] *= factor;
        audio.right[i] *= factor;
    }
    return audio;
}

const double half_db = 20 * std::log10(2.0);

} // namespace

BOOST_AUTO_TEST_SUITE(measures)

BOOST_AUTO_TEST_CASE(fast_decibels_are_decibels) {
    double worst = 0;
    for (double power = 1e-30; power < 1e12; power *= 1.0137)
        worst = std::max(worst, std::abs(decibels(static_cast<float>(power)) -
                                         10 * std::log10(static_cast<double>(static_cast<float>(power)))));
    BOOST_TEST(worst < 5e-5);
}

BOOST_AUTO_TEST_CASE(the_power_of_a_sine_is_in_its_bin_and_band) {
    const Audio tone = sine(1500, 0.5, 48000, 1.0); // bin 64 of 2048
    const FrameTable power = power_spectra(tone.left, 2048, 512);
    BOOST_TEST(power.frames == 24000u / 512 + 1);
    const auto row = power.row(20);
    BOOST_TEST((std::ranges::max_element(row) - row.begin()) == 64);
    BOOST_TEST(row[64] == 512.f * 512.f, boost::test_tools::tolerance(1e-3f)); // half the window's sum, squared
    const ErbBands ear(2048, 80, 48000);
    const FrameTable bands = ear.sums(power);
    const auto levels = bands.row(20);
    const size_t loudest = static_cast<size_t>(std::ranges::max_element(levels) - levels.begin());
    BOOST_TEST(std::abs(ear.centre(loudest) - 1500) < 60);
}

BOOST_AUTO_TEST_CASE(the_distance_of_a_sound_to_itself_is_zero) {
    const Audio sound = noise(1, 1);
    const Distances same = distances(sound, sound);
    BOOST_TEST(same.lsd == 0);
    BOOST_TEST(same.elsd == 0);
    BOOST_TEST(same.attack_elsd == 0);
    BOOST_TEST(same.sc == 0);
    BOOST_TEST(erb_distance(band_power(sound), band_power(sound)) == 0);
}

BOOST_AUTO_TEST_CASE(half_the_amplitude_is_six_decibels_everywhere) {
    const Audio sound = noise(1, 1), softer = shaped(sound, [](double) { return 0.5; });
    const Distances d = distances(sound, softer);
    BOOST_TEST(d.lsd == half_db, boost::test_tools::tolerance(1e-3));
    BOOST_TEST(d.elsd == half_db, boost::test_tools::tolerance(1e-3));
    BOOST_TEST(d.attack_elsd == half_db, boost::test_tools::tolerance(1e-3));
    BOOST_TEST(d.sc == 0.5, boost::test_tools::tolerance(1e-4));
    BOOST_TEST(erb_distance(band_power(sound), band_power(softer)) == half_db, boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(attack_distance_covers_the_first_100_ms) {
    const Audio sound = noise(2, 3);
    const Audio soft_start = shaped(sound, [](double t) { return t < 0.15 ? 0.5 : 1.0; });
    const Distances d = distances(sound, soft_start);
    BOOST_TEST(d.attack_elsd == half_db, boost::test_tools::tolerance(0.02));
    BOOST_TEST(d.elsd < 0.1 * half_db);
    BOOST_TEST(d.elsd > 0.06 * half_db);
}

BOOST_AUTO_TEST_CASE(a_short_estimate_counts_as_followed_by_silence) {
    const Audio sound = noise(1, 4);
    Audio cut = sound;
    cut.left.resize(24000);
    cut.right.resize(24000);
    const Distances d = distances(sound, cut);
    // Half of the frames are clamped 80 dB under the peak; noise lies some 10 dB under its largest bin.
    BOOST_TEST(d.elsd > 30);
    BOOST_TEST(d.elsd < 42);
    BOOST_TEST(std::isnan(distances(shaped(sound, [](double) { return 0.0; }), sound).elsd));
}

BOOST_AUTO_TEST_CASE(two_noise_signals_are_at_the_expected_distance) {
    const Distances d = distances(noise(2, 5), noise(2, 6));
    // The level in dB of an exponential variable deviates by 5.57 dB: √2 of that between two.
    BOOST_TEST(d.lsd == std::sqrt(2.0) * 5.57, boost::test_tools::tolerance(0.02));
    BOOST_TEST(d.elsd < d.lsd);
}

BOOST_AUTO_TEST_CASE(modulation_ratio_detects_lost_modulation) {
    const Audio still = noise(3, 7);
    const auto swing = [](double depth) {
        return [depth](double t) { return std::pow(10, depth * std::sin(2 * std::numbers::pi * 3 * t) / 20); };
    };
    const Audio moving = shaped(still, swing(20));
    BOOST_TEST(modulation_ratio(moving, moving) == 1.0);
    const double lost = modulation_ratio(moving, still), partly = modulation_ratio(moving, shaped(still, swing(10)));
    BOOST_TEST(lost < 0.35);
    BOOST_TEST(partly > 0.45);
    BOOST_TEST(partly < 0.7);
    BOOST_TEST(modulation_ratio(moving, shaped(moving, [](double t) { return std::exp(-t); })) == 1.0,
               boost::test_tools::tolerance(0.03));
    BOOST_TEST(std::isnan(modulation_ratio(noise(0.4, 1), noise(0.4, 2))));
}

BOOST_AUTO_TEST_CASE(nearest_layering_recognises_a_layering) {
    std::vector<Audio> sounds;
    for (const double hertz : {200.0, 700.0, 2500.0, 9000.0}) sounds.push_back(sine(hertz, 1, 48000, 0.1));
    std::vector<BandPower> corners;
    for (const Audio& sound : sounds) corners.push_back(band_power(sound));

    const float gain = static_cast<float>(std::pow(10, -9.0 / 20));
    Audio mixed = sounds[0];
    for (auto* channel : {&mixed.left, &mixed.right})
        for (size_t i = 0; i < mixed.frames(); ++i) (*channel)[i] = gain * sounds[0].left[i] + sounds[2].left[i];
    const BandPower mix = band_power(mixed);

    const std::vector<BandPower> two = {corners[0], corners[2]};
    const Layering both = nearest_layering(mix, two);
    BOOST_TEST(both.distance < 0.3);
    BOOST_TEST(both.gains[0] == -9);
    BOOST_TEST(both.gains[1] == 0);

    const Layering of_four = nearest_layering(mix, corners);
    BOOST_TEST(of_four.distance < 0.3);
    BOOST_TEST(of_four.gains[0] == -9);
    BOOST_TEST(std::isinf(of_four.gains[1]));
    BOOST_TEST(of_four.gains[2] == 0);

    const std::vector<BandPower> wrong = {corners[1], corners[3]};
    BOOST_TEST(nearest_layering(mix, wrong).distance > 5);
}

BOOST_AUTO_TEST_CASE(late_level_measures_decay) {
    const Audio still = noise(3, 8);
    BOOST_TEST(std::abs(late_level(band_power(still))) < 1.5);
    const Audio dying = shaped(still, [](double t) { return std::pow(10, -10 * t / 20); });
    BOOST_TEST(std::abs(late_level(band_power(dying)) + 19.5) < 1.5);
    BOOST_TEST(late_level(band_power(shaped(still, [](double) { return 0.0; }))) == -200);
}

BOOST_AUTO_TEST_CASE(loop_seam_separates_closed_from_open_loops) {
    const LoopSeam closed = measure_loop_seam(sine(100, 1.0)); // a hundred periods
    BOOST_TEST(closed.flux < 1.1);
    BOOST_TEST(closed.jerk < 1.1);
    const LoopSeam open = measure_loop_seam(sine(100, 1.0037));
    BOOST_TEST(open.flux > 3);
    BOOST_TEST(open.jerk > 10);
    const LoopSeam noisy = measure_loop_seam(noise(1, 9));
    BOOST_TEST(noisy.flux == 1.0, boost::test_tools::tolerance(0.1));
    BOOST_CHECK_THROW(measure_loop_seam(sine(100, 0.01)), AudioError);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
