// SPDX-License-Identifier: GPL-3.0-or-later
#define BOOST_TEST_MODULE sound
#include "models/audio/io/audio.h"
#include "tests/models/audio/test_audio_support.h"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <fstream>
#include <limits>

namespace timbrel::audio {
namespace {

void check_refused(const std::string& path, const std::string& reason) {
    BOOST_CHECK_EXCEPTION(read_audio(path), AudioError, [&](const AudioError& error) {
        const std::string text = error.what();
        BOOST_TEST_MESSAGE(text);
        return text.starts_with(path) && text.find(reason) != std::string::npos && text.find('\n') == std::string::npos;
    });
}

double worst_difference(const std::vector<float>& a, const std::vector<float>& b) {
    double worst = 0;
    for (size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(static_cast<double>(a[i]) - b[i]));
    return worst;
}

} // namespace

BOOST_AUTO_TEST_SUITE(audio)

BOOST_AUTO_TEST_CASE(written_audio_reads_back) {
    const TemporaryFolder folder;
    Audio sound = sine(440, 0.25, 48000, 0.7);
    for (float& sample : sound.right) sample *= -0.5f;
    for (const auto& [bits, tolerance] : {std::pair{16, 1.0 / 32767}, std::pair{24, 1.3e-7}, std::pair{32, 0.0}}) {
        const std::string path = folder / "sound.wav";
        write_audio(path, sound, bits);
        const Audio back = read_audio(path);
        BOOST_TEST(back.rate == 48000);
        BOOST_REQUIRE(back.frames() == sound.frames());
        BOOST_TEST(worst_difference(back.left, sound.left) <= tolerance);
        BOOST_TEST(worst_difference(back.right, sound.right) <= tolerance);
        BOOST_TEST(!std::filesystem::exists(path + ".part"));
    }
}

BOOST_AUTO_TEST_CASE(the_same_sound_gives_the_same_bytes) {
    const TemporaryFolder folder;
    for (const int bits : {16, 24, 32}) {
        write_audio(folder / "a.wav", sine(1000, 0.1), bits);
        write_audio(folder / "b.wav", sine(1000, 0.1), bits);
        BOOST_TEST((read_bytes(folder / "a.wav") == read_bytes(folder / "b.wav")));
    }
}

BOOST_AUTO_TEST_CASE(samples_beyond_full_scale_are_clipped_and_do_not_wrap) {
    const TemporaryFolder folder;
    write_audio(folder / "loud.wav", sine(100, 0.1, 48000, 2.0), 16);
    const Audio back = read_audio(folder / "loud.wav");
    BOOST_TEST(back.left[120] == 1.0f, boost::test_tools::tolerance(1e-4f));
    BOOST_TEST(back.left[360] == -1.0f, boost::test_tools::tolerance(1e-4f));
}

BOOST_AUTO_TEST_CASE(mono_of_any_rate_fills_both_channels) {
    const TemporaryFolder folder;
    for (const int rate : {8000, 44100, 192000}) {
        write_channels(folder / "mono.wav", rate, 1, std::vector<float>(static_cast<size_t>(rate / 10), 0.25f));
        const Audio back = read_audio(folder / "mono.wav");
        BOOST_TEST(back.rate == rate);
        BOOST_TEST(back.frames() == static_cast<size_t>(rate / 10));
        BOOST_TEST(back.right.back() == 0.25f);
    }
}

BOOST_AUTO_TEST_CASE(the_format_is_detected_from_the_content) {
    const TemporaryFolder folder;
    write_audio(folder / "sound.mp3", sine(440, 0.1), 16);
    BOOST_TEST(read_audio(folder / "sound.mp3").frames() == 4800u);
}

BOOST_AUTO_TEST_CASE(a_single_sample_is_valid) {
    const TemporaryFolder folder;
    write_channels(folder / "one.wav", 48000, 1, {0.5f});
    BOOST_TEST(read_audio(folder / "one.wav").frames() == 1u);
    BOOST_TEST(resampled(read_audio(folder / "one.wav"), 96000).frames() == 2u);
}

BOOST_AUTO_TEST_CASE(unusable_files_are_refused_with_a_one_line_message) {
    const TemporaryFolder folder;
    check_refused(folder / "missing.wav", "no such file");
    check_refused(folder.path().string(), "is a folder");
    std::ofstream(folder / "empty.wav").flush();
    check_refused(folder / "empty.wav", "empty");
    std::ofstream(folder / "text.wav") << "this is no sound at all, whatever its name says";
    check_refused(folder / "text.wav", "cannot be read as sound");
    write_channels(folder / "none.wav", 48000, 2, {});
    check_refused(folder / "none.wav", "no samples");
    write_channels(folder / "eight.wav", 48000, 8, std::vector<float>(800));
    check_refused(folder / "eight.wav", "8 channels");
    std::vector<float> damaged(1000);
    damaged[700] = std::numeric_limits<float>::quiet_NaN();
    write_channels(folder / "nan.wav", 48000, 1, damaged);
    check_refused(folder / "nan.wav", "frame 700");
    damaged[700] = std::numeric_limits<float>::infinity();
    write_channels(folder / "inf.wav", 48000, 1, damaged);
    check_refused(folder / "inf.wav", "infinite");
    write_channels(folder / "slow.wav", 1000, 1, std::vector<float>(100));
    check_refused(folder / "slow.wav", "rate of 1000 Hz");
    write_channels(folder / "long.wav", 4000, 1, std::vector<float>(4000 * 1000));
    check_refused(folder / "long.wav", "lasts 1000 s");
}

BOOST_AUTO_TEST_CASE(a_failed_write_leaves_no_file_and_names_the_path) {
    const TemporaryFolder folder;
    const std::string path = folder / "no/such/folder.wav";
    BOOST_CHECK_EXCEPTION(write_audio(path, sine(440, 0.1), 16), Error,
                          [&](const Error& error) { return std::string(error.what()).starts_with(path); });
    BOOST_CHECK_THROW(write_audio(folder / "a.wav", sine(440, 0.1), 12), AudioError);
    BOOST_TEST(std::filesystem::is_empty(folder.path()));
}

BOOST_AUTO_TEST_CASE(resampling_preserves_a_sine_and_removes_aliases) {
    for (const double rate : {44100.0, 96000.0, 22050.0}) {
        const Audio out = resampled(sine(1000, 1.0, rate, 0.5), 48000);
        BOOST_TEST(out.frames() == 48000u);
        const Audio ideal = sine(1000, 1.0, 48000, 0.5);
        double worst = 0;
        for (size_t i = 4800; i < 43200; ++i)
            worst = std::max(worst, std::abs(static_cast<double>(out.left[i]) - ideal.left[i]));
        BOOST_TEST(20 * std::log10(worst / 0.5) < -100);
    }
    const Audio gone = resampled(sine(30000, 0.5, 96000, 0.5), 48000);
    double worst = 0;
    for (size_t i = 4800; i < 19200; ++i) worst = std::max(worst, std::abs(static_cast<double>(gone.left[i])));
    BOOST_TEST(20 * std::log10(worst / 0.5 + 1e-12) < -100);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace timbrel::audio
